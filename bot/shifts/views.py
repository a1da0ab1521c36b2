"""What people read of a roster: who is on, what changed, what is open. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.config.floor import Floor
from bot.incidents import ids as incident_ids
from bot.shifts import ids
from bot.shifts.finding_tables import OpenTime, State
from bot.shifts.rules import Basis, Problem, to_moment
from bot.shifts.tables import Absence, RosterState, Shift
from bot.slack.blocks import Block, actions, button, context, paragraphs, section
from bot.slack.pages import and_more, page_of
from bot.slack.text import day_and_time, escape, format_duration, mention, near_time, one_line

if TYPE_CHECKING:
    from bot.shifts.importing import Moved, Result

Message = tuple[str, list[Block]]
LISTED = 40
CHANGES = 12
PER_PAGE = 20
NAMES_SHOWN = 20


def person(shift: Shift) -> str:
    """A person as Slack shows them, or as the roster names them."""
    return mention(shift.user_id) if shift.user_id else escape(shift.person)


def holder(name: str) -> str:
    """Likewise, from what tells people apart."""
    return mention(name) if name[:1] in ("U", "W") and name.isupper() else escape(name)


def place(floor: Floor, role: str, region: str, site: str = "") -> str:
    """A role and where: `Global queue manager, EMEA, Manila`."""
    return ", ".join(escape(part) for part in (floor.shifts.title(role), region, site) if part)


def times(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """From when to when, in each reader's own time."""
    return f"{day_and_time(starts_at)} – {near_time(ends_at, starts_at)}"


def contact_message(floor: Floor, on: Sequence[Shift], next_on: Sequence[Shift], now: datetime) -> Message:
    """Who is the point of contact, and who comes next: the pinned message."""
    title = escape(floor.shifts.title(floor.shifts.contact))
    if on:
        lines = [f"📍 *Point of contact now*: {_until(shift, now)}" for shift in on]
    else:
        lines = [f"📍 *Point of contact now*: nobody is on shift as {title}."]
    lines += [f"Next: {person(shift)}{_where(shift)}, from {near_time(shift.starts_at, now)}" for shift in next_on]
    text = "\n".join(lines)
    return text, [section(text), context(f"{title} · `/incident oncall` shows every role.")]


def _where(shift: Shift) -> str:
    return f" ({escape(shift.region)})" if shift.region else ""


def _until(shift: Shift, now: datetime) -> str:
    return f"{person(shift)}{_where(shift)} until {near_time(shift.ends_at, now)}"


def shift_ends_message(shift: Shift, now: datetime) -> Message:
    """Somebody's shift ends soon."""
    text = f"Your shift ends {near_time(shift.ends_at, now)}. Hand it over, item by item."
    hand_over = button("Hand over", incident_ids.HAND_OVER_SHIFT, str(shift.number), style="primary")
    return text, [section(text), actions([hand_over], block_id=f"shift-ends-{shift.number}")]


def oncall_message(
    floor: Floor, on: Sequence[Shift], next_on: Sequence[Shift], at: datetime, now: datetime, asked: str
) -> Message:
    """Who is on at a moment, by role; and who comes next."""
    moment = "now" if at == now else day_and_time(at)
    about = f", {escape(asked)}" if asked else ""
    if not on:
        text = f"Nobody is on shift {moment}{about}."
        if not next_on:
            text += " `/incident shift` enters one; a roster as a file can be dropped into a direct message to me."
    else:
        text = f"*On shift {moment}*{about}"
    lines = [
        f"• {place(floor, shift.role, shift.region, shift.site)}: {_until(shift, at)}" for shift in on[:LISTED]
    ]
    if len(on) > LISTED:
        lines.append(f"… and {len(on) - LISTED} more; name a role or region, such as `/incident oncall gqm EMEA`.")
    if next_on:
        lines.append("*Next*")
        lines += [
            f"• {place(floor, shift.role, shift.region, shift.site)}: {person(shift)} "
            f"from {near_time(shift.starts_at, at)}"
            for shift in next_on
        ]
    return "\n".join([text, *lines]), paragraphs([text, *lines], rest="")


def own_shifts(
    floor: Floor, shifts: Sequence[Shift], absences: Sequence[Absence], now: datetime, page: int = 1
) -> Message:
    """A person's coming shifts and absences, page by page, each with what can be done about it."""
    text = "*Your shifts*" if shifts else "No shift of yours is in the roster for the next four weeks."
    rows: list[Block] = []
    for shift in shifts:
        line = f"{times(shift.starts_at, shift.ends_at, now)}\n{place(floor, shift.role, shift.region, shift.site)}"
        swap = button("Swap", f"{ids.SWAP}.{shift.number}", str(shift.number))
        rows.append(section(line, accessory=swap))
    for absence in absences:
        line = f"Absent ({escape(absence.kind)}): {times(absence.starts_at, absence.ends_at, now)}"
        back = button("Take back", f"{ids.CANCEL_ABSENCE}.{absence.number}", str(absence.number))
        rows.append(section(line, accessory=back))
    shown, which_page = page_of(rows, page, PER_PAGE, "/incident oncall mine")
    enter = actions([button("Enter an absence", ids.ABSENCE, "new")], block_id="shift-absence")
    return text, [section(text), *shown, *which_page, enter]


def changes_text(changes: "Sequence[Moved]", roster: str, floor: Floor, now: datetime) -> str:
    """What changed for one person in a roster."""
    lines = [_change(each, floor, now) for each in sorted(changes, key=_first)[:CHANGES]]
    if len(changes) > CHANGES:
        lines.append(f"… and {len(changes) - CHANGES} more: `/incident oncall mine`")
    return "\n".join([f"🗓️ Your shifts changed (roster {one_line(roster, 60)}):", *lines])


def _first(change: "Moved") -> datetime:
    return min(times[0] for times in (change.before, change.after) if times)


def _change(change: "Moved", floor: Floor, now: datetime) -> str:
    role = escape(floor.shifts.title(change.role))
    if change.before is None and change.after:
        return f"• New: {times(*change.after, now)}, {role}"
    if change.after is None and change.before:
        return f"• Not yours any more: {times(*change.before, now)}, {role}"
    assert change.before is not None
    assert change.after is not None
    return f"• {times(*change.before, now)} is now {times(*change.after, now)}, {role}"


def what(open_time: OpenTime, floor: Floor, now: datetime) -> str:
    """What is wrong, as a sentence without its end."""
    where = place(floor, open_time.role, open_time.region, open_time.site)
    when = times(open_time.starts_at, open_time.ends_at, now)
    people = ", ".join(holder(each) for each in open_time.people[:5])
    if open_time.problem == Problem.OVERLAP:
        return f"{people} is on two shifts at once: {when}"
    if open_time.problem == Problem.GAP:
        return f"Nobody is on as {where}: {when}"
    if open_time.problem == Problem.BELOW_LOAD:
        return f"{len(open_time.people)} are on as {where}, and the load needs {open_time.needed}: {when}"
    if len(open_time.people) == 1:
        return f"{people} is alone as {where}, {open_time.needed} are needed: {when}"
    return f"{len(open_time.people)} of {open_time.needed} are on as {where}: {when}"


SIGNS = {Problem.GAP: "🕳️", Problem.SHORT: "👤", Problem.OVERLAP: "👥", Problem.BELOW_LOAD: "📉"}


def load_text(basis: Basis, now: datetime) -> str:
    """Why so many are needed, by both models, each named with its assumption."""
    minutes = basis.end - basis.start
    start = near_time(to_moment(basis.start), now)
    patience = format_duration(timedelta(seconds=basis.patience_s))
    text = (
        f"Most are missing from {start}: {basis.offered:.0f} contacts are forecast in {minutes} minutes, at "
        f"{basis.aht_s:.0f} s each. Erlang A, whose callers give up after {patience} on average, needs "
        f"{basis.agents}; Erlang C, whose callers never do, {basis.agents_c}."
    )
    if basis.shrinkage:
        text += f" With {basis.shrinkage:.0%} shrinkage that is {basis.people} on shift."
    return text


def open_time_message(open_time: OpenTime, floor: Floor, now: datetime, *, is_manager: bool = False) -> Message:
    """What somebody who could fill it reads, as it stands; managers are asked for people."""
    sign = SIGNS[Problem(open_time.problem)]
    late = "Still open: " if open_time.escalated_at and open_time.is_open else ""
    text = f"{sign} {late}{what(open_time, floor, now)}."
    if not open_time.is_open:
        return text, [section(f"{text}\n{outcome(open_time, now)}")]
    if open_time.basis:
        text += f"\n{load_text(Basis(**open_time.basis), now)}"
    if open_time.answer:
        text += f"\n{answer_text(open_time, now)}."
    if open_time.problem == Problem.OVERLAP:
        return text, [
            section(text),
            context("Change the roster, or swap one of the shifts: `/incident oncall mine`"),
        ]
    return text, [section(text), _answers(open_time, is_manager=is_manager)]


def _answers(open_time: OpenTime, *, is_manager: bool) -> Block:
    number = str(open_time.number)
    buttons = [button("Ask somebody", ids.ASK, number)]
    if open_time.problem != Problem.BELOW_LOAD:
        buttons.insert(0, button("I'll take it", ids.TAKE, number, style="primary"))
    if is_manager and not open_time.answer:
        buttons.append(button("Answer the request", ids.SEND_PEOPLE, number))
    return actions(buttons, block_id=f"open-time-{number}")


def answer_text(open_time: OpenTime, now: datetime) -> str:
    """What a manager answered to the question for more people."""
    when = near_time(open_time.answered_at or now, now)
    answer = one_line(open_time.answer, 500).removesuffix(".")
    return f"{mention(open_time.answered_by or '')} answered {when}: {answer}"


def outcome(open_time: OpenTime, now: datetime) -> str:
    """How it ended."""
    if open_time.state == State.FILLED:
        return f"✅ {mention(open_time.filled_by or '')} took it {near_time(open_time.settled_at or now, now)}."
    if open_time.state == State.SOLVED:
        return f"✅ Covered: the roster was changed {near_time(open_time.settled_at or now, now)}."
    return "It has passed."


def gaps_message(open_times: Sequence[OpenTime], floor: Floor, now: datetime, page: int = 1) -> Message:
    """Everything that is open, page by page."""
    if not open_times:
        return "Every needed minute of the time ahead is covered.", []
    text = "*Open in the roster*"
    blocks: list[Block] = [section(text)]
    shown, which_page = page_of(open_times, page, PER_PAGE, "/incident oncall gaps")
    for each in shown:
        line = f"{SIGNS[Problem(each.problem)]} {what(each, floor, now)}"
        if each.answer:
            line += f"\n{answer_text(each, now)}"
        take = button("I'll take it", f"{ids.TAKE}.{each.number}", str(each.number))
        blocks.append(section(line, accessory=None if each.problem == Problem.OVERLAP else take))
    return text, [*blocks, *which_page]


def rosters_message(states: Sequence[RosterState], unknown: Sequence[str], now: datetime) -> Message:
    """What was read of each roster, and what of it is no shift."""
    if not states:
        return "No roster was read yet. `docs/shifts.md` says how to name one in floor.yaml.", []
    lines: list[str] = []
    for state in states:
        lines.append(f"*{escape(state.name)}*: {state.shifts} shifts, read {near_time(state.read_at, now)}")
        if state.error:
            lines.append(f"⚠️ {escape(state.error)}")
        lines += [f"• {escape(where)}: {escape(reason)}" for where, reason in state.left_out[:10]]
        if len(state.left_out) > 10:
            lines.append(f"• … and {len(state.left_out) - 10} more entries that are no shifts")
    if unknown:
        lines.append(f"Not known in Slack: {_names(unknown)}. `shifts: people` in floor.yaml says who they are.")
    return "*Rosters*", paragraphs(["*Rosters*", *lines], rest="")


def _names(unknown: Sequence[str]) -> str:
    return ", ".join(escape(name) for name in unknown[:NAMES_SHOWN]) + and_more(unknown, NAMES_SHOWN)


def asked_message(open_time: OpenTime, by: str, swap_id: int, floor: Floor, now: datetime) -> Message:
    """Somebody is asked by a colleague to fill a gap."""
    text = f"{mention(by)} asks whether you can take it: {what(open_time, floor, now)}."
    buttons = [
        button("I'll take it", ids.AGREE, str(swap_id), style="primary"),
        button("I can't", ids.DECLINE, str(swap_id)),
    ]
    return text, [section(text), actions(buttons, block_id=f"shift-asked-{swap_id}")]


def swap_message(
    shift: Shift, for_shift: Shift | None, by: str, swap_id: int, floor: Floor, now: datetime
) -> Message:
    """Somebody is asked to take a shift, in exchange for one of theirs or for nothing."""
    text = f"{mention(by)} asks you to take: {_shift(shift, floor, now)}"
    if for_shift:
        text += f"\n{mention(by)} takes yours: {_shift(for_shift, floor, now)}"
    buttons = [
        button("Agree", ids.AGREE, str(swap_id), style="primary"),
        button("I can't", ids.DECLINE, str(swap_id)),
    ]
    return text, [section(text), actions(buttons, block_id=f"shift-swap-{swap_id}")]


def swapped_text(shift: Shift, for_shift: Shift | None, floor: Floor, now: datetime) -> str:
    """What both read when they agreed."""
    lines = [f"🔁 {_shift(each, floor, now)}: {person(each)}" for each in (shift, for_shift) if each]
    return "\n".join(["The swap is agreed.", *lines])


def _shift(shift: Shift, floor: Floor, now: datetime) -> str:
    return f"{times(shift.starts_at, shift.ends_at, now)}, {place(floor, shift.role, shift.region, shift.site)}"


def result_text(result: "Result | None") -> str:
    """What came of a roster that somebody sent."""
    if result is None:
        return "Nothing changed since this roster was read last."
    lines = [f"✅ {escape(result.name)}: {result.shifts} shifts in the next two months count now."]
    if result.changed or result.removed:
        lines.append(f"{result.added} are new, {result.changed} changed, {result.removed} are gone.")
    if result.left_out:
        lines.append(f"{len(result.left_out)} entries are no shifts:")
        lines += [f"• {escape(each.where)}: {escape(each.reason)}" for each in result.left_out[:10]]
    if len(result.left_out) > 10:
        lines.append(f"• … and {len(result.left_out) - 10} more: `/incident oncall rosters`")
    if result.unknown:
        lines.append(f"Not known in Slack: {_names(result.unknown)}.")
    return "\n".join(lines)
