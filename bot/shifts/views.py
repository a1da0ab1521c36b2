"""Messages about shifts: who is on, one's own shifts, requests to swap.

Pure; `translate` renders the reader's language.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.config.floor import Floor
from bot.config.floor.reading import PERSON_ID
from bot.incidents import ids as incident_ids
from bot.shifts import ids
from bot.shifts.absence_tables import Absence
from bot.shifts.tables import Shift
from bot.slack.blocks import Block, Message, actions, button, context, paragraphs, section
from bot.slack.pages import page_of
from bot.slack.phrases import Translator
from bot.slack.text import day_and_time, escape, mention, near_time

LISTED = 40
PER_PAGE = 20
NO_ROLES = "floor.yaml names no roles of shifts yet (`shifts: roles`). Ask the administrator to add them."
GAPS_COMMAND, MINE_COMMAND = "/incident oncall gaps", "/incident oncall mine"
ABSENT = {"sick": "Sick", "leave": "Leave", "training": "Training", "meeting": "Meeting", "other": "Other"}


def person(shift: Shift) -> str:
    """A mention of the person of a shift, or their name in the roster if they are not known in Slack."""
    return mention(shift.user_id) if shift.user_id else escape(shift.person)


def holder(name: str) -> str:
    """The same for `Shift.holder`, which is a Slack id or a name."""
    return mention(name) if is_user_id(name) else escape(name)


def is_user_id(name: str) -> bool:
    """Whether a `Shift.holder` is a Slack id and not a name in a roster."""
    return re.fullmatch(PERSON_ID, name) is not None


def place(floor: Floor, translate: Translator, role: str, region: str, site: str = "") -> str:
    """A role with its region and site: `Global queue manager, EMEA, Manila`."""
    names = [each for each in (floor.shifts.title(role), region, site) if each]
    return ", ".join(escape(floor.in_language(name, translate.language) or name) for name in names)


def times(starts_at: datetime, ends_at: datetime) -> str:
    """The start and end, shown in each reader's own time zone."""
    return f"{day_and_time(starts_at)} – {near_time(ends_at, starts_at)}"


def shift_line(shift: Shift, floor: Floor, translate: Translator) -> str:
    """The times of a shift, its role and its place."""
    where = place(floor, translate, shift.role, shift.region, shift.site)
    return f"{times(shift.starts_at, shift.ends_at)}, {where}"


def contact_message(
    floor: Floor, translate: Translator, current_shifts: Sequence[Shift], next_on: Sequence[Shift], now: datetime
) -> Message:
    """The pinned message: who is the point of contact, and who comes next."""
    title = place(floor, translate, floor.shifts.contact, "")
    headline = translate("Point of contact now")
    if current_shifts:
        lines = [
            f"📍 *{headline}*: {_until(shift, f'{person(shift)}{_where(shift)}', translate, now)}"
            for shift in current_shifts
        ]
    else:
        lines = [f"📍 *{headline}*: {translate('nobody is on shift as {title}.', title=title)}"]
    lines += [
        translate(
            "Next: {person}, from {when}",
            person=f"{person(shift)}{_where(shift)}",
            when=near_time(shift.starts_at, now),
        )
        for shift in next_on
    ]
    text = "\n".join(lines)
    return text, [section(text), context(f"{title} · {translate('`/incident oncall` shows every role.')}")]


def _where(shift: Shift) -> str:
    return f" ({escape(shift.region)})" if shift.region else ""


def _until(shift: Shift, who: str, translate: Translator, now: datetime) -> str:
    return translate("{person} until {when}", person=who, when=near_time(shift.ends_at, now))


def _line_of_shift(floor: Floor, translate: Translator, shift: Shift, at: datetime) -> str:
    where = place(floor, translate, shift.role, shift.region, shift.site)
    return f"• {where}: {_until(shift, person(shift), translate, at)}"


def shift_ends_message(shift: Shift, translate: Translator, now: datetime) -> Message:
    """The message that a shift ends soon, with the button to hand over."""
    text = translate("Your shift ends {when}. Hand it over, item by item.", when=near_time(shift.ends_at, now))
    hand_over = button(translate("Hand over…"), incident_ids.HAND_OVER_SHIFT, str(shift.number), style="primary")
    return text, [section(text), actions([hand_over], block_id=f"shift-ends-{shift.number}")]


def oncall_message(
    floor: Floor,
    translate: Translator,
    current_shifts: Sequence[Shift],
    next_on: Sequence[Shift],
    at: datetime,
    now: datetime,
    typed_text: str,
) -> Message:
    """Who is on at a moment, with their roles, and who comes next."""
    moment = translate("now") if at == now else day_and_time(at)
    typed_note = f", {escape(typed_text)}" if typed_text else ""
    if current_shifts:
        text = f"*{translate('On shift {when}', when=moment)}*{typed_note}"
    else:
        text = translate("Nobody is on shift {when}.", when=f"{moment}{typed_note}")
        if not next_on:
            hint = "`/incident shift` adds one; a roster as a file can be dropped into a direct message to me."
            text += f" {translate(hint if floor.shifts.roles else NO_ROLES)}"
    lines = [_line_of_shift(floor, translate, shift, at) for shift in current_shifts[:LISTED]]
    if len(current_shifts) > LISTED:
        more_phrase = "… and {count} more; name a role or region, such as `/incident oncall gqm EMEA`."
        lines.append(translate(more_phrase, count=len(current_shifts) - LISTED))
    if next_on:
        lines.append(f"*{translate('Next')}*")
    for shift in next_on:
        person_and_start = translate(
            "{person} from {when}", person=person(shift), when=near_time(shift.starts_at, at)
        )
        lines.append(f"• {place(floor, translate, shift.role, shift.region, shift.site)}: {person_and_start}")
    return "\n".join([text, *lines]), paragraphs([text, *lines], rest="")


def own_shifts(
    floor: Floor,
    translate: Translator,
    shifts: Sequence[Shift],
    absences: Sequence[Absence],
    now: datetime,
    page: int = 1,
) -> Message:
    """A page of a person's coming shifts and absences, each with its button."""
    no_shifts_phrase = "You have no shifts in the roster for the next four weeks."
    text = f"*{translate('Your shifts')}*" if shifts else translate(no_shifts_phrase)
    rows: list[Block] = []
    for shift in shifts:
        where = place(floor, translate, shift.role, shift.region, shift.site)
        swap_button = button(translate("Swap…"), f"{ids.SWAP}.{shift.number}", str(shift.number))
        line = f"{times(shift.starts_at, shift.ends_at)}\n{where}"
        # A shift that has begun cannot be swapped.
        rows.append(section(line, accessory=swap_button if shift.starts_at > now else None))
    for absence in absences:
        kind, when = (
            translate(ABSENT.get(absence.kind, absence.kind)),
            times(absence.starts_at, absence.ends_at),
        )
        cancel_button = button(
            translate("Take back"), f"{ids.CANCEL_ABSENCE}.{absence.number}", str(absence.number)
        )
        rows.append(section(f"{translate('Absent')} ({escape(kind)}): {when}", accessory=cancel_button))
    shown, which_page = page_of(rows, page, PER_PAGE, MINE_COMMAND)
    enter_button = actions([button(translate("Enter an absence…"), ids.ABSENCE, "new")], block_id="shift-absence")
    return text, [section(text), *shown, *which_page, enter_button]


def swap_message(
    shift: Shift, for_shift: Shift | None, by: str, swap_id: int, floor: Floor, translate: Translator
) -> Message:
    """The request to take a shift, with or without one in exchange."""
    shift_text = shift_line(shift, floor, translate)
    text = translate("{person} asks you to take: {shift}", person=mention(by), shift=shift_text)
    if for_shift:
        exchange_text = shift_line(for_shift, floor, translate)
        text += f"\n{translate('{person} takes yours: {shift}', person=mention(by), shift=exchange_text)}"
    return text, [section(text), yes_or_no("Agree", translate, swap_id, f"shift-swap-{swap_id}")]


def yes_or_no(yes: str, translate: Translator, swap_id: int, block_id: str) -> Block:
    """The buttons below a question to one person."""
    number = str(swap_id)
    buttons = [
        button(translate(yes), ids.AGREE, number, style="primary"),
        button(translate("I can't"), ids.DECLINE, number),
    ]
    return actions(buttons, block_id=block_id)


def swapped_text(shift: Shift, for_shift: Shift | None, floor: Floor, translate: Translator) -> str:
    """The message to both people after they have agreed."""
    lines = [f"🔁 {shift_line(each, floor, translate)}: {person(each)}" for each in (shift, for_shift) if each]
    return "\n".join([translate("The swap is agreed."), *lines])
