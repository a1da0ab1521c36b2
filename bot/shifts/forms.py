"""Forms of rosters: a shift, an absence, a swap, whom to ask, the managers' answer. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.floor import Floor
from bot.shifts import ids
from bot.shifts.open_time_tables import OpenTime
from bot.shifts.open_time_views import describe
from bot.shifts.tables import Shift
from bot.shifts.views import ABSENT, shift_line
from bot.slack.blocks import (
    Block,
    datetime_picker,
    field,
    modal,
    option,
    section,
    select,
    text_field,
    text_input,
    user_select,
)
from bot.slack.phrases import Translator

LONGEST_ANSWER = 500
USUAL_SHIFT = timedelta(hours=8)


def shift_form(floor: Floor, translate: Translator, now: datetime) -> Block:
    roles = [
        option(floor.in_language(title, translate.language) or title, role)
        for role, title in floor.shifts.roles.items()
    ]
    blocks = [
        field(translate("Who is on?"), user_select(ids.PERSON)),
        field(translate("Role"), select(ids.ROLE, roles)),
        text_field(translate("Region"), ids.REGION, longest=60, optional=True),
        text_field(translate("Site"), ids.SITE, longest=60, optional=True),
        field(translate("From"), datetime_picker(ids.STARTS, now)),
        field(translate("Until"), datetime_picker(ids.ENDS, now + USUAL_SHIFT)),
    ]
    return modal(ids.SHIFT_FORM, "Add a shift", blocks, submit="Add", translate=translate)


def absence_form(user_id: str, ends_at: datetime | None, translate: Translator, now: datetime) -> Block:
    """The form to enter an absence: who, from when until when, and why; `ends_at` is when their shift ends."""
    options = [option(translate(title), kind) for kind, title in ABSENT.items()]
    blocks = [
        field(translate("Who is absent?"), user_select(ids.PERSON, initial=user_id)),
        field(translate("From"), datetime_picker(ids.STARTS, now)),
        field(translate("Until"), datetime_picker(ids.ENDS, ends_at or now + USUAL_SHIFT)),
        field(translate("Reason"), select(ids.KIND, options, initial="sick")),
        text_field(translate("Note"), ids.NOTE, longest=200, optional=True),
    ]
    return modal(ids.ABSENCE_FORM, "Absence", blocks, submit="Save", translate=translate)


def ask_form(open_time: OpenTime, floor: Floor, translate: Translator, now: datetime) -> Block:
    """The form to ask a colleague to fill an open time."""
    blocks = [
        section(f"{describe(open_time, floor, translate)}."),
        field(translate("Ask"), user_select(ids.PERSON)),
    ]
    return modal(ids.ASK_FORM, "Ask somebody", blocks, submit="Ask", subject=open_time.number, translate=translate)


def take_form(open_time: OpenTime, floor: Floor, translate: Translator, now: datetime) -> Block:
    """The form to take some hours of an open time that is longer than a shift."""
    starts_at = max(open_time.starts_at, now.replace(second=0, microsecond=0))
    ends_at = min(open_time.ends_at, starts_at + USUAL_SHIFT)
    blocks = [
        section(f"{describe(open_time, floor, translate)}."),
        field(translate("From"), datetime_picker(ids.STARTS, starts_at)),
        field(translate("Until"), datetime_picker(ids.ENDS, ends_at)),
    ]
    return modal(
        ids.TAKE_FORM, "I'll take it", blocks, submit="Save", subject=open_time.number, translate=translate
    )


def people_form(open_time: OpenTime, floor: Floor, translate: Translator, now: datetime) -> Block:
    """The form for a manager's answer to the request for more people."""
    example = translate("Two from Cebu at 14:00, or why nobody can")
    answer = text_input(ids.ANSWER, multiline=True, longest=LONGEST_ANSWER, placeholder=example)
    blocks = [
        section(f"{describe(open_time, floor, translate)}."),
        field(translate("Who comes, or why nobody does"), answer),
    ]
    return modal(
        ids.PEOPLE_FORM, "Answer the request", blocks, submit="Save", subject=open_time.number, translate=translate
    )


def swap_form(
    shift: Shift,
    other_shifts: Sequence[Shift],
    names: Mapping[str, str],
    zone: ZoneInfo,
    floor: Floor,
    translate: Translator,
) -> Block:
    """The form to swap a shift: the shift, and what to exchange it for or whom to give it to."""
    shift_text = shift_line(shift, floor, translate)
    options = [option(_option_text(each, names, zone), str(each.number)) for each in other_shifts]
    blocks = [section(shift_text)]
    if options:
        blocks.append(field(translate("In exchange for"), select(ids.OTHER, options), optional=True))
    blocks.append(field(translate("Or give it to"), user_select(ids.PERSON), optional=True))
    return modal(ids.SWAP_FORM, "Swap a shift", blocks, submit="Ask", subject=shift.number, translate=translate)


def _option_text(shift: Shift, names: Mapping[str, str], zone: ZoneInfo) -> str:
    start, end = (moment.astimezone(zone) for moment in (shift.starts_at, shift.ends_at))
    return f"{names.get(shift.user_id or '', shift.person)}: {start:%a %d %b %H:%M}–{end:%H:%M}"
