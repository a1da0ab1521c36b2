"""The forms that declare an incident and edit the declaration, and the question about a duplicate. Pure."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bot.config.floor import Floor
from bot.incidents import ids
from bot.incidents.forms import WHEN_UNSURE, severity_select
from bot.incidents.recognition import Scope
from bot.incidents.tables import Incident
from bot.slack.blocks import (
    INPUT_TEXT,
    OPTIONS,
    Block,
    Message,
    actions,
    button,
    checkboxes,
    datetime_picker,
    modal,
    multi_select,
    option,
    section,
    select,
    text_field,
    text_input,
)
from bot.slack.blocks import field as form_field
from bot.slack.text import channel_link, escape, one_line

NOTHING_RECOGNISED = Scope(type="")
FROM_TITLE = "Taken from the title"
DEFAULT_SEVERITY = "S2"
PAST_QUESTIONS = ("Only if it is over: when did it start?", "And when did it end?")
SOME_SHOWN: Final = "{shown} of {count} are shown; the others stay."
PAST_HINT = "With both times it is recorded as resolved: nobody is paged and no updates are promised."


class Prefilled(Struct, frozen=True):
    """The form's initial values; `scope` is what a message tells, and `is_over` requires both times."""

    title: str = ""
    severity: str = DEFAULT_SEVERITY
    scope: Scope = NOTHING_RECOGNISED
    description: str = ""
    is_private: bool = False
    is_over: bool = False


EMPTY = Prefilled()


def declare_form(floor: Floor, prefilled: Prefilled = EMPTY, private_metadata: str = "") -> Block:
    """The form behind `/incident declare`. Required: the title, and the times of an incident that is over."""
    times = _time_fields(prefilled)
    blocks = [
        text_field(
            "What is wrong?",
            ids.TITLE,
            initial=prefilled.title,
            placeholder="IVR down in Manila",
            hint="In a few words, as you would say it on the floor.",
        ),
        form_field("Severity", severity_select(floor, prefilled.severity), hint=WHEN_UNSURE),
        *(times if prefilled.is_over else ()),
        *_scope_fields(floor, prefilled.scope, FROM_TITLE),
        text_field("What is known?", ids.DESCRIPTION, initial=prefilled.description, multiline=True, optional=True),
        form_field("Who may see it?", _privacy_box(prefilled), optional=True),
        *(() if prefilled.is_over else times),
    ]
    return modal(ids.DECLARE_FORM, "Declare an incident", blocks, submit="Declare", subject=private_metadata)


def _privacy_box(prefilled: Prefilled) -> Block:
    private = option("Private: only people in its channel can see it", "private")
    return checkboxes(ids.PRIVATE, [private], initial=["private"] if prefilled.is_private else [])


def _time_fields(prefilled: Prefilled) -> list[Block]:
    """The start and end of an incident that is over; Slack shows both in the time zone of the person filling in."""
    is_over = prefilled.is_over
    labels = ("When did it start?", "When did it end?") if is_over else PAST_QUESTIONS
    return [
        form_field(labels[0], datetime_picker(ids.STARTED_AT), optional=not is_over),
        form_field(labels[1], datetime_picker(ids.ENDED_AT), hint=PAST_HINT, optional=not is_over),
    ]


def _scope_fields(floor: Floor, scope: Scope, placeholder: str = "Choose") -> list[Block]:
    """Type, sites and partners; `placeholder` says what an empty field means."""
    types = [option(label, name) for name, label in floor.types.items()]
    initial_type = scope.type or None
    type_select = select(ids.TYPE, types, initial=initial_type, placeholder=placeholder)
    fields = [form_field("What is it about?", type_select, optional=True)]
    multi_select_fields = (
        ("Sites affected", ids.SITES, floor.sites, scope.sites),
        ("Partners affected", ids.PARTNERS, floor.partner_names, scope.partners),
    )
    for label, name, choices, initial_choices in multi_select_fields:
        if choices:
            options = [option(choice, choice) for choice in choices]
            menu = multi_select(name, options, initial=initial_choices, placeholder=placeholder)
            fields.append(form_field(label, menu, hint=_hint(initial_choices), optional=True))
    return fields


def _hint(initial_choices: Sequence[str]) -> str:
    """For a field that cannot show everything that is chosen."""
    count = len(initial_choices)
    return SOME_SHOWN.format(shown=OPTIONS, count=count) if count > OPTIONS else ""


def scope_form(incident: Incident, floor: Floor) -> Block:
    """The form that changes an incident's title, type, sites and partners."""
    scope = Scope(incident.type, tuple(incident.sites), tuple(incident.partners))
    title = text_input(ids.TITLE, initial=incident.title, longest=INPUT_TEXT)
    return modal(
        ids.SCOPE_FORM,
        "Edit the incident",
        [form_field("What is wrong?", title), *_scope_fields(floor, scope)],
        submit="Save",
        subject=incident.number,
    )


def guesses(incident: Incident, names: Sequence[str], floor: Floor) -> Block:
    """The values taken from the title, with a button to correct them."""
    values_by_field = {
        ids.TYPE: [floor.types.get(incident.type, incident.type)],
        ids.SITES: incident.sites,
        ids.PARTNERS: incident.partners,
    }
    guessed_values = escape(" · ".join(value for name in names for value in values_by_field[name]))
    change = button("Change…", f"{ids.CHANGE_SCOPE}.guessed", str(incident.number))
    return section(f"Taken from the title: {guessed_values}.", accessory=change)


def duplicate_question(pending_id: int, duplicates: Sequence[Incident]) -> Message:
    """Ask whether to join, open another one or cancel. Nothing is opened until the person decides."""
    is_one = len(duplicates) == 1
    text = "This may be open already. Nothing was opened yet."
    lines = "\n".join(
        f"{channel_link(incident.channel_id or '')} {one_line(incident.title, 120)} "
        f"({incident.severity}, {incident.status})"
        for incident in duplicates
    )
    join_buttons = [
        button(
            "Join it" if is_one else f"Join #{incident.number}",
            f"{ids.JOIN_DUPLICATE}.{incident.number}",
            f"{pending_id}:{incident.number}",
        )
        for incident in duplicates
    ]
    other_buttons = [
        button("It is another one", ids.OPEN_ANOTHER, str(pending_id), style="primary"),
        button("Cancel", ids.CANCEL_DECLARATION, str(pending_id)),
    ]
    return text, [section(f"*{text}*\n{lines}"), actions([*join_buttons, *other_buttons])]
