"""The form behind `/incident declare`, the one that edits what was declared, and what was guessed. Pure."""

from collections.abc import Sequence

from bot.config.floor import Floor
from bot.incidents import ids
from bot.incidents.forms import WHEN_UNSURE, severity_select
from bot.incidents.recognition import Scope
from bot.incidents.tables import Incident
from bot.slack.blocks import (
    INPUT_TEXT,
    Block,
    button,
    checkboxes,
    modal,
    multi_select,
    option,
    section,
    select,
    text_input,
)
from bot.slack.blocks import field as form_field
from bot.slack.text import escape

NOTHING_RECOGNISED = Scope(type="")
FROM_TITLE = "Taken from the title"


def declare_form(
    floor: Floor,
    *,
    severity: str = "S2",
    scope: Scope = NOTHING_RECOGNISED,
    description: str = "",
    private_metadata: str = "",
) -> Block:
    """The form behind `/incident declare`. Only the title is required; `scope` is what a message tells already."""
    blocks = [
        form_field(
            "What is wrong?",
            ids.TITLE,
            text_input(ids.TITLE, placeholder="IVR down in Manila", longest=300),
            hint="In a few words, as you would say it on the floor.",
        ),
        form_field("Severity", ids.SEVERITY, severity_select(floor, severity), hint=WHEN_UNSURE),
        *_scope_fields(floor, scope, FROM_TITLE),
        form_field(
            "What is known?",
            ids.DESCRIPTION,
            text_input(ids.DESCRIPTION, initial=description, multiline=True),
            optional=True,
        ),
        form_field(
            "Who may see it?",
            ids.PRIVATE,
            checkboxes(ids.PRIVATE, [option("Private: only people in its channel can see it", "private")]),
            optional=True,
        ),
        form_field(
            "Only if it is over: when did it start?",
            ids.STARTED_AT,
            {"type": "datetimepicker", "action_id": ids.STARTED_AT},
            optional=True,
        ),
        form_field(
            "And when did it end?",
            ids.ENDED_AT,
            {"type": "datetimepicker", "action_id": ids.ENDED_AT},
            hint="With both times it is recorded as resolved: nobody is paged and no updates are promised.",
            optional=True,
        ),
    ]
    return modal(
        "Declare an incident",
        blocks,
        callback_id=ids.DECLARE_FORM,
        submit="Declare",
        private_metadata=private_metadata,
    )


def _scope_fields(floor: Floor, scope: Scope, placeholder: str = "Choose") -> list[Block]:
    """Type, sites and partners; `placeholder` says what an empty field means."""
    types = [option(label, name) for name, label in floor.types.items()]
    chosen = scope.type or None
    type_select = select(ids.TYPE, types, initial=chosen, placeholder=placeholder)
    fields = [form_field("What is it about?", ids.TYPE, type_select, optional=True)]
    several = (
        ("Sites affected", ids.SITES, floor.sites, scope.sites),
        ("Partners affected", ids.PARTNERS, floor.partner_names, scope.partners),
    )
    for label, name, places, affected in several:
        if places:
            options = [option(place, place) for place in places]
            menu = multi_select(name, options, initial=affected, placeholder=placeholder)
            fields.append(form_field(label, name, menu, optional=True))
    return fields


def scope_form(incident: Incident, floor: Floor) -> Block:
    """Change what an incident is called and about, and whom it affects."""
    scope = Scope(incident.type, tuple(incident.sites), tuple(incident.partners))
    title = text_input(ids.TITLE, initial=incident.title, longest=INPUT_TEXT)
    return modal(
        "Edit the incident",
        [form_field("What is wrong?", ids.TITLE, title), *_scope_fields(floor, scope)],
        callback_id=ids.SCOPE_FORM,
        submit="Save",
        private_metadata=str(incident.number),
    )


def guesses(incident: Incident, names: Sequence[str], floor: Floor) -> Block:
    """What was taken from the title, with the way to put it right."""
    values = {
        ids.TYPE: [floor.types.get(incident.type, incident.type)],
        ids.SITES: incident.sites,
        ids.PARTNERS: incident.partners,
    }
    listed = escape(" · ".join(value for name in names for value in values[name]))
    change = button("Change…", f"{ids.CHANGE_SCOPE}.guessed", str(incident.number))
    return section(f"Taken from the title: {listed}.", accessory=change)
