"""The forms behind a case's buttons. Pure; `translate` renders the reader's language."""

from collections.abc import Sequence
from datetime import datetime

from bot.cases import ids
from bot.cases.clusters import Cluster
from bot.cases.tables import Case
from bot.config.floor import Floor
from bot.incidents.forms import severity_select
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, datetime_picker, field, modal, option, section, select, text_field, user_select
from bot.slack.phrases import Translator
from bot.slack.text import one_line


def assign_form(case: Case, notice: str, translate: Translator) -> Block:
    """The form to assign a case: to whom, and why."""
    person = field(translate("Who takes it"), user_select(ids.PERSON))
    return _form("Assign", ids.ASSIGN_FORM, case, notice, [person], "Assign", translate)


def escalate_form(case: Case, notice: str, translate: Translator) -> Block:
    """The form to escalate a case: why it cannot wait."""
    return _form("Escalate", ids.ESCALATE_FORM, case, notice, [], "Escalate", translate)


def note_form(case: Case, notice: str, translate: Translator) -> Block:
    """The form to add a work note."""
    return _form("Note", ids.NOTE_FORM, case, notice, [], "Add", translate)


def snooze_form(case: Case, notice: str, translate: Translator, until: datetime) -> Block:
    """The form to snooze a case: until when, and why."""
    fields = [field(translate("Until"), datetime_picker(ids.UNTIL, until))]
    return _form("Snooze", ids.SNOOZE_FORM, case, notice, fields, "Snooze", translate)


def _form(
    title: str, callback_id: str, case: Case, notice: str, fields: list[Block], submit: str, translate: Translator
) -> Block:
    case_section = section(f"*{one_line(case.name, 60)}* {one_line(case.title, 150)}")
    notice_section = [section(notice)] if notice else []
    label = "Note" if callback_id == ids.NOTE_FORM else "Why"
    reason = text_field(
        translate(label),
        ids.REASON,
        multiline=True,
        longest=1_000,
        hint=translate("It goes to the case's work notes."),
    )
    blocks = [case_section, *notice_section, *fields, reason]
    return modal(callback_id, title, blocks, submit=submit, subject=case.number, translate=translate)


def declare_form(cluster: Cluster, cases: Sequence[Case], floor: Floor, translate: Translator) -> Block:
    """The form to declare an incident from similar cases."""
    linked_phrase = "{count} similar cases are linked to it and get its updates as work notes."
    linked_section = section(translate(linked_phrase, count=len(cases)))
    # Never filled in: a list of shared words is no headline, and titles of cases may name customers.
    title = text_field(
        translate("What is wrong?"),
        ids.TITLE,
        placeholder=cluster.title,
        longest=300,
        hint=translate("The headline that executives and partners read."),
    )
    hint = translate("When unsure, take the higher.")
    severity = field(translate("Severity"), severity_select(floor, "S2"), hint=hint)
    return modal(
        ids.DECLARE_FORM,
        "Declare an incident",
        [linked_section, title, severity],
        submit="Declare",
        subject=cluster.number,
        translate=translate,
    )


def link_form(number: int, incidents: Sequence[Incident], translate: Translator) -> Block:
    """The form to choose the open incident that the cases are part of."""
    if not incidents:
        text = translate("No incident is open. *Declare incident…* opens one for these cases.")
        return modal(ids.INCIDENT_FORM, "No open incident", [section(text)], close="Close", translate=translate)
    options = [option(f"#{each.number} {each.severity} {each.title}", str(each.number)) for each in incidents]
    incident_field = field(translate("Incident"), select(ids.INCIDENT, options))
    return modal(
        ids.INCIDENT_FORM, "It is an incident", [incident_field], submit="Link", subject=number, translate=translate
    )


def not_related_form(number: int, translate: Translator) -> Block:
    """The form for the reason why the cases are not related."""
    hint = translate("Cases like these are proposed less often.")
    reason_field = text_field(translate("Why"), ids.REASON, longest=500, hint=hint)
    return modal(
        ids.NOT_RELATED_FORM, "Not related", [reason_field], submit="Save", subject=number, translate=translate
    )
