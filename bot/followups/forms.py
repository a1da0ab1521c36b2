"""The follow-ups' forms. Pure: Block Kit from data."""

from collections.abc import Sequence
from datetime import date

from bot.followups import ids, rules
from bot.followups.rules import MEANINGS, State
from bot.followups.tables import FollowUp
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, date_picker, field, modal, option, section, select, text_input, user_select
from bot.slack.text import day, one_line

STATE_TITLES = {
    State.OPEN: "To be done",
    State.DONE: "Done",
    State.DROPPED: "Not needed any more",
}


def add_form(
    number: int | None,
    incidents: Sequence[Incident],
    *,
    text: str = "",
    link: str = "",
    owner_id: str,
    due_on: date,
) -> Block:
    """The form for a new follow-up, for the given incident or for one to be chosen."""
    blocks = [_text_field(text)]
    if number is None:
        options = [option(f"{incident.number} {incident.title}", str(incident.number)) for incident in incidents]
        blocks.append(field("Which incident is it about?", select(ids.INCIDENT, options)))
    blocks += [_owner_field(owner_id), _due_field(due_on), _kind_field(""), _link_field(link)]
    return modal(ids.ADD_FORM, "Add a follow-up", blocks, submit="Add", subject=number or "")


def change_form(follow_up: FollowUp) -> Block:
    """The form for everything that can be changed in a follow-up."""
    states = [option(label, state) for state, label in STATE_TITLES.items()]
    blocks = [
        field("Where it stands", select(ids.STATE, states, initial=follow_up.state)),
        _text_field(follow_up.text),
        _owner_field(follow_up.owner_id),
        _due_field(follow_up.due_on),
        _kind_field(follow_up.kind),
        _link_field(follow_up.link),
    ]
    title = f"Follow-up {follow_up.number}"
    return modal(ids.CHANGE_FORM, title, blocks, submit="Save", subject=follow_up.number)


def later_form(follow_up: FollowUp, proposed: date) -> Block:
    """The form for another day, with an optional reason."""
    reason_input = text_input(ids.REASON, longest=300, placeholder="It goes into the timeline")
    blocks = [
        section(f"{one_line(follow_up.text, 300)}\nIt is due {day(follow_up.due_at)}."),
        field("When will it be done?", date_picker(ids.DUE, initial=proposed.isoformat())),
        field("Why later?", reason_input, optional=True),
    ]
    return modal(ids.LATER_FORM, "Later", blocks, submit="Move it", subject=follow_up.number)


def _text_field(initial: str) -> Block:
    input_element = text_input(ids.TEXT, initial=initial, multiline=True, longest=rules.MAX_TEXT)
    return field("What is to be done?", input_element)


def _owner_field(owner_id: str | None) -> Block:
    return field("Who does it?", user_select(ids.OWNER, initial=owner_id))


def _due_field(due_on: date) -> Block:
    hint = "Reminders come before and after, in the owner's morning."
    return field("By which day?", date_picker(ids.DUE, initial=due_on.isoformat()), hint=hint)


def _kind_field(initial: str) -> Block:
    kinds = [option(kind.capitalize(), kind, meaning) for kind, meaning in MEANINGS.items()]
    menu = select(ids.KIND, kinds, initial=initial or None)
    return field("What is it for?", menu, optional=True)


def _link_field(initial: str) -> Block:
    input_element = text_input(ids.LINK, initial=initial, longest=rules.MAX_LINK, placeholder="https://…")
    return field("Link", input_element, optional=True)
