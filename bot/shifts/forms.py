"""The forms of rosters: a shift, an absence, a swap, whom to ask, what managers answer. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.config.floor import Floor
from bot.shifts import ids
from bot.shifts.finding_tables import OpenTime
from bot.shifts.tables import Shift
from bot.shifts.views import place, times, what
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

LONGEST_ANSWER = 500


def shift_form(floor: Floor, now: datetime) -> Block:
    """A shift by hand."""
    roles = [option(title, role) for role, title in floor.shifts.roles.items()]
    blocks = [
        field("Who is on?", ids.PERSON, user_select(ids.PERSON)),
        field("Role", ids.ROLE, select(ids.ROLE, roles)),
        field("Region", ids.REGION, text_input(ids.REGION, longest=60), optional=True),
        field("Site", ids.SITE, text_input(ids.SITE, longest=60), optional=True),
        field("From", ids.STARTS, datetime_picker(ids.STARTS, now)),
        field("Until", ids.ENDS, datetime_picker(ids.ENDS, now)),
    ]
    return modal("Add a shift", blocks, callback_id=ids.SHIFT_FORM, submit="Add")


def absence_form(kinds: Mapping[str, str], user_id: str, now: datetime) -> Block:
    """From when to when somebody is not available, and why."""
    options = [option(title, kind) for kind, title in kinds.items()]
    blocks = [
        field("Who is absent?", ids.PERSON, user_select(ids.PERSON, initial=user_id)),
        field("From", ids.STARTS, datetime_picker(ids.STARTS, now)),
        field("Until", ids.ENDS, datetime_picker(ids.ENDS, now)),
        field("Reason", ids.KIND, select(ids.KIND, options, initial="sick")),
        field("Note", ids.NOTE, text_input(ids.NOTE, longest=200), optional=True),
    ]
    return modal("Absence", blocks, callback_id=ids.ABSENCE_FORM, submit="Save")


def ask_form(open_time: OpenTime, floor: Floor, now: datetime) -> Block:
    """Whom to ask."""
    blocks = [section(f"{what(open_time, floor, now)}."), field("Ask", ids.PERSON, user_select(ids.PERSON))]
    return modal(
        "Ask somebody", blocks, callback_id=ids.ASK_FORM, submit="Ask", private_metadata=str(open_time.number)
    )


def people_form(open_time: OpenTime, floor: Floor, now: datetime) -> Block:
    """What a manager answers to the question for more people."""
    answer = text_input(
        ids.ANSWER, multiline=True, longest=LONGEST_ANSWER, placeholder="Two from Cebu at 14:00, or why nobody can"
    )
    blocks = [
        section(f"{what(open_time, floor, now)}."),
        field("Who comes, or why nobody does", ids.ANSWER, answer),
    ]
    return modal(
        "Answer the request",
        blocks,
        callback_id=ids.PEOPLE_FORM,
        submit="Save",
        private_metadata=str(open_time.number),
    )


def swap_form(
    shift: Shift, others: Sequence[Shift], names: Mapping[str, str], zone: ZoneInfo, floor: Floor, now: datetime
) -> Block:
    """What is given, and what for."""
    own = f"{times(shift.starts_at, shift.ends_at, now)}, {place(floor, shift.role, shift.region, shift.site)}"
    options = [option(_plain(each, names, zone), str(each.number)) for each in others]
    blocks = [section(own)]
    if options:
        blocks.append(field("In exchange for", ids.OTHER, select(ids.OTHER, options), optional=True))
    blocks.append(field("Or give it to", ids.PERSON, user_select(ids.PERSON), optional=True))
    return modal(
        "Swap a shift", blocks, callback_id=ids.SWAP_FORM, submit="Ask", private_metadata=str(shift.number)
    )


def _plain(shift: Shift, names: Mapping[str, str], zone: ZoneInfo) -> str:
    start, end = (moment.astimezone(zone) for moment in (shift.starts_at, shift.ends_at))
    return f"{names.get(shift.user_id or '', shift.person)}: {start:%a %d %b %H:%M}–{end:%H:%M}"
