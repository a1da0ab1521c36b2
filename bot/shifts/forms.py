"""The forms of rosters: a shift, an absence, a swap, whom to ask, what managers answer. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.config.floor import Floor
from bot.shifts import ids
from bot.shifts.finding_tables import OpenTime
from bot.shifts.tables import Shift
from bot.shifts.views import ABSENT, shift_line, what
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

LONGEST_ANSWER = 500


def shift_form(floor: Floor, say: Wording, now: datetime) -> Block:
    """A shift by hand."""
    roles = [
        option(floor.in_language(title, say.language) or title, role) for role, title in floor.shifts.roles.items()
    ]
    blocks = [
        field(say("Who is on?"), ids.PERSON, user_select(ids.PERSON)),
        field(say("Role"), ids.ROLE, select(ids.ROLE, roles)),
        field(say("Region"), ids.REGION, text_input(ids.REGION, longest=60), optional=True),
        field(say("Site"), ids.SITE, text_input(ids.SITE, longest=60), optional=True),
        field(say("From"), ids.STARTS, datetime_picker(ids.STARTS, now)),
        field(say("Until"), ids.ENDS, datetime_picker(ids.ENDS, now)),
    ]
    return modal(say("Add a shift"), blocks, callback_id=ids.SHIFT_FORM, submit=say("Add"), close=say("Cancel"))


def absence_form(user_id: str, say: Wording, now: datetime) -> Block:
    """From when to when somebody is not available, and why."""
    options = [option(say(title), kind) for kind, title in ABSENT.items()]
    blocks = [
        field(say("Who is absent?"), ids.PERSON, user_select(ids.PERSON, initial=user_id)),
        field(say("From"), ids.STARTS, datetime_picker(ids.STARTS, now)),
        field(say("Until"), ids.ENDS, datetime_picker(ids.ENDS, now)),
        field(say("Reason"), ids.KIND, select(ids.KIND, options, initial="sick")),
        field(say("Note"), ids.NOTE, text_input(ids.NOTE, longest=200), optional=True),
    ]
    return modal(say("Absence"), blocks, callback_id=ids.ABSENCE_FORM, submit=say("Save"), close=say("Cancel"))


def ask_form(open_time: OpenTime, floor: Floor, say: Wording, now: datetime) -> Block:
    """Whom to ask."""
    blocks = [
        section(f"{what(open_time, floor, say, now)}."),
        field(say("Ask"), ids.PERSON, user_select(ids.PERSON)),
    ]
    return modal(
        say("Ask somebody"),
        blocks,
        callback_id=ids.ASK_FORM,
        submit=say("Ask"),
        close=say("Cancel"),
        private_metadata=str(open_time.number),
    )


def people_form(open_time: OpenTime, floor: Floor, say: Wording, now: datetime) -> Block:
    """What a manager answers to the question for more people."""
    example = say("Two from Cebu at 14:00, or why nobody can")
    answer = text_input(ids.ANSWER, multiline=True, longest=LONGEST_ANSWER, placeholder=example)
    blocks = [
        section(f"{what(open_time, floor, say, now)}."),
        field(say("Who comes, or why nobody does"), ids.ANSWER, answer),
    ]
    return modal(
        say("Answer the request"),
        blocks,
        callback_id=ids.PEOPLE_FORM,
        submit=say("Save"),
        close=say("Cancel"),
        private_metadata=str(open_time.number),
    )


def swap_form(
    shift: Shift,
    others: Sequence[Shift],
    names: Mapping[str, str],
    zone: ZoneInfo,
    floor: Floor,
    say: Wording,
    now: datetime,
) -> Block:
    """What is given, and what for."""
    own = shift_line(shift, floor, say, now)
    options = [option(_plain(each, names, zone), str(each.number)) for each in others]
    blocks = [section(own)]
    if options:
        blocks.append(field(say("In exchange for"), ids.OTHER, select(ids.OTHER, options), optional=True))
    blocks.append(field(say("Or give it to"), ids.PERSON, user_select(ids.PERSON), optional=True))
    return modal(
        say("Swap a shift"),
        blocks,
        callback_id=ids.SWAP_FORM,
        submit=say("Ask"),
        close=say("Cancel"),
        private_metadata=str(shift.number),
    )


def _plain(shift: Shift, names: Mapping[str, str], zone: ZoneInfo) -> str:
    start, end = (moment.astimezone(zone) for moment in (shift.starts_at, shift.ends_at))
    return f"{names.get(shift.user_id or '', shift.person)}: {start:%a %d %b %H:%M}–{end:%H:%M}"
