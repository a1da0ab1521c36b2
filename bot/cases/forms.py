"""The forms of a case's buttons. Pure; `say` is the reader's language."""

from collections.abc import Sequence
from datetime import datetime

from bot.cases import ids
from bot.cases.clusters import Cluster
from bot.cases.tables import Case
from bot.config.floor import Floor
from bot.incidents.forms import severity_select
from bot.incidents.tables import Incident
from bot.slack.blocks import (
    Block,
    datetime_picker,
    field,
    modal,
    option,
    section,
    select,
    text_input,
    user_select,
)
from bot.slack.phrases import Wording
from bot.slack.text import one_line


def assign_form(case: Case, notice: str, say: Wording) -> Block:
    """Who takes it, and why."""
    person = field(say("Who takes it"), ids.PERSON, user_select(ids.PERSON))
    return _form("Assign", ids.ASSIGN_FORM, case, notice, [person], "Assign", say)


def escalate_form(case: Case, notice: str, say: Wording) -> Block:
    """Why it cannot wait."""
    return _form("Escalate", ids.ESCALATE_FORM, case, notice, [], "Escalate", say)


def note_form(case: Case, notice: str, say: Wording) -> Block:
    """What is to be on record."""
    return _form("Note", ids.NOTE_FORM, case, notice, [], "Add", say)


def snooze_form(case: Case, notice: str, say: Wording, until: datetime) -> Block:
    """Until when it may wait, and why."""
    fields = [field(say("Until"), ids.UNTIL, datetime_picker(ids.UNTIL, until))]
    return _form("Snooze", ids.SNOOZE_FORM, case, notice, fields, "Snooze", say)


def _form(
    title: str, callback_id: str, case: Case, notice: str, fields: list[Block], submit: str, say: Wording
) -> Block:
    about = section(f"*{one_line(case.name, 60)}* {one_line(case.title, 150)}")
    earlier = [section(notice)] if notice else []
    label = "Note" if callback_id == ids.NOTE_FORM else "Why"
    reason = field(
        say(label),
        ids.REASON,
        text_input(ids.REASON, multiline=True, longest=1_000),
        hint=say("It goes to the case's work notes."),
    )
    blocks = [about, *earlier, *fields, reason]
    return modal(
        say(title),
        blocks,
        callback_id=callback_id,
        submit=say(submit),
        close=say("Cancel"),
        private_metadata=str(case.number),
    )


def declare_form(cluster: Cluster, cases: Sequence[Case], floor: Floor, say: Wording) -> Block:
    """An incident of these cases."""
    linked = "{count} similar cases are linked to it, and hear of its updates in their work notes."
    about = section(say(linked, count=len(cases)))
    title = field(say("What is wrong?"), ids.TITLE, text_input(ids.TITLE, initial=cluster.title, longest=300))
    hint = say("When unsure, take the higher.")
    severity = field(say("Severity"), ids.SEVERITY, severity_select(floor, "S2"), hint=hint)
    return modal(
        say("Declare an incident"),
        [about, title, severity],
        callback_id=ids.DECLARE_FORM,
        submit=say("Declare"),
        close=say("Cancel"),
        private_metadata=str(cluster.number),
    )


def link_form(number: int, incidents: Sequence[Incident], say: Wording) -> Block:
    """Which open incident these cases are part of."""
    if not incidents:
        text = say("No incident is open. Declare one of these cases.")
        return modal(say("No open incident"), [section(text)], callback_id=ids.INCIDENT_FORM, close=say("Close"))
    options = [option(f"#{each.number} {each.severity} {each.title}", str(each.number)) for each in incidents]
    chosen = field(say("Incident"), ids.INCIDENT, select(ids.INCIDENT, options))
    return modal(
        say("It is an incident"),
        [chosen],
        callback_id=ids.INCIDENT_FORM,
        submit=say("Link"),
        close=say("Cancel"),
        private_metadata=str(number),
    )
