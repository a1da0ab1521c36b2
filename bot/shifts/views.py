"""What people read of shifts: who is on, what is open, who is asked. Pure; `say` is the reader's language."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.config.floor import Floor
from bot.incidents import ids as incident_ids
from bot.shifts import ids
from bot.shifts.finding_tables import OpenTime, State
from bot.shifts.rules import Basis, Problem, to_moment
from bot.shifts.tables import Absence, Shift
from bot.slack.blocks import Block, actions, button, context, paragraphs, section
from bot.slack.pages import page_of
from bot.slack.phrases import Wording
from bot.slack.text import day_and_time, escape, format_duration, mention, near_time, one_line

Message = tuple[str, list[Block]]
LISTED = 40
PER_PAGE = 20
GAPS_COMMAND, MINE_COMMAND = "/incident oncall gaps", "/incident oncall mine"
ABSENT = {"sick": "Sick", "leave": "Leave", "training": "Training", "meeting": "Meeting", "other": "Other"}


def person(shift: Shift) -> str:
    """A person as Slack shows them, or as the roster names them."""
    return mention(shift.user_id) if shift.user_id else escape(shift.person)


def holder(name: str) -> str:
    """Likewise, from what tells people apart."""
    return mention(name) if name[:1] in ("U", "W") and name.isupper() else escape(name)


def place(floor: Floor, say: Wording, role: str, region: str, site: str = "") -> str:
    """A role and where: `Global queue manager, EMEA, Manila`."""
    names = [each for each in (floor.shifts.title(role), region, site) if each]
    return ", ".join(escape(floor.in_language(name, say.language) or name) for name in names)


def times(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """From when to when, in each reader's own time."""
    return f"{day_and_time(starts_at)} – {near_time(ends_at, starts_at)}"


def shift_line(shift: Shift, floor: Floor, say: Wording, now: datetime) -> str:
    """When a shift is, and what it is."""
    where = place(floor, say, shift.role, shift.region, shift.site)
    return f"{times(shift.starts_at, shift.ends_at, now)}, {where}"


def contact_message(
    floor: Floor, say: Wording, on: Sequence[Shift], next_on: Sequence[Shift], now: datetime
) -> Message:
    """Who is the point of contact, and who comes next: the pinned message."""
    title = place(floor, say, floor.shifts.contact, "")
    head = say("Point of contact now")
    if on:
        lines = [f"📍 *{head}*: {_until(shift, f'{person(shift)}{_where(shift)}', say, now)}" for shift in on]
    else:
        lines = [f"📍 *{head}*: {say('nobody is on shift as {title}.', title=title)}"]
    lines += [
        say(
            "Next: {person}, from {when}",
            person=f"{person(shift)}{_where(shift)}",
            when=near_time(shift.starts_at, now),
        )
        for shift in next_on
    ]
    text = "\n".join(lines)
    return text, [section(text), context(f"{title} · {say('`/incident oncall` shows every role.')}")]


def _where(shift: Shift) -> str:
    return f" ({escape(shift.region)})" if shift.region else ""


def _until(shift: Shift, who: str, say: Wording, now: datetime) -> str:
    return say("{person} until {when}", person=who, when=near_time(shift.ends_at, now))


def shift_ends_message(shift: Shift, say: Wording, now: datetime) -> Message:
    """Somebody's shift ends soon."""
    text = say("Your shift ends {when}. Hand it over, item by item.", when=near_time(shift.ends_at, now))
    hand_over = button(say("Hand over"), incident_ids.HAND_OVER_SHIFT, str(shift.number), style="primary")
    return text, [section(text), actions([hand_over], block_id=f"shift-ends-{shift.number}")]


def oncall_message(
    floor: Floor,
    say: Wording,
    on: Sequence[Shift],
    next_on: Sequence[Shift],
    at: datetime,
    now: datetime,
    asked: str,
) -> Message:
    """Who is on at a moment, by role; and who comes next."""
    moment = say("now") if at == now else day_and_time(at)
    about = f", {escape(asked)}" if asked else ""
    if on:
        text = f"*{say('On shift {when}', when=moment)}*{about}"
    else:
        text = say("Nobody is on shift {when}.", when=f"{moment}{about}")
        if not next_on:
            hint = "`/incident shift` adds one; a roster as a file can be dropped into a direct message to me."
            text += f" {say(hint)}"
    lines = [
        f"• {place(floor, say, shift.role, shift.region, shift.site)}: {_until(shift, person(shift), say, at)}"
        for shift in on[:LISTED]
    ]
    if len(on) > LISTED:
        more = "… and {count} more; name a role or region, such as `/incident oncall gqm EMEA`."
        lines.append(say(more, count=len(on) - LISTED))
    if next_on:
        lines.append(f"*{say('Next')}*")
    for shift in next_on:
        who = say("{person} from {when}", person=person(shift), when=near_time(shift.starts_at, at))
        lines.append(f"• {place(floor, say, shift.role, shift.region, shift.site)}: {who}")
    return "\n".join([text, *lines]), paragraphs([text, *lines], rest="")


def own_shifts(
    floor: Floor, say: Wording, shifts: Sequence[Shift], absences: Sequence[Absence], now: datetime, page: int = 1
) -> Message:
    """A person's coming shifts and absences, page by page, each with what can be done about it."""
    none = "You have no shifts in the roster for the next four weeks."
    text = f"*{say('Your shifts')}*" if shifts else say(none)
    rows: list[Block] = []
    for shift in shifts:
        where = place(floor, say, shift.role, shift.region, shift.site)
        swap = button(say("Swap"), f"{ids.SWAP}.{shift.number}", str(shift.number))
        line = f"{times(shift.starts_at, shift.ends_at, now)}\n{where}"
        # What has begun is not swapped any more.
        rows.append(section(line, accessory=swap if shift.starts_at > now else None))
    for absence in absences:
        kind, when = say(ABSENT.get(absence.kind, absence.kind)), times(absence.starts_at, absence.ends_at, now)
        back = button(say("Take back"), f"{ids.CANCEL_ABSENCE}.{absence.number}", str(absence.number))
        rows.append(section(f"{say('Absent')} ({escape(kind)}): {when}", accessory=back))
    shown, which_page = page_of(rows, page, PER_PAGE, MINE_COMMAND)
    enter = actions([button(say("Enter an absence"), ids.ABSENCE, "new")], block_id="shift-absence")
    return text, [section(text), *shown, *which_page, enter]


def what(open_time: OpenTime, floor: Floor, say: Wording, now: datetime) -> str:
    """What is wrong, as a sentence without its end."""
    facts = {
        "where": place(floor, say, open_time.role, open_time.region, open_time.site),
        "when": times(open_time.starts_at, open_time.ends_at, now),
        "people": ", ".join(holder(each) for each in open_time.people[:5]),
        "count": len(open_time.people),
        "needed": open_time.needed,
    }
    if open_time.problem == Problem.OVERLAP:
        return say("{people} is on two shifts at once: {when}", **facts)
    if open_time.problem == Problem.GAP:
        return say("Nobody is on as {where}: {when}", **facts)
    if open_time.problem == Problem.BELOW_LOAD:
        return say("{count} are on as {where}, and the load needs {needed}: {when}", **facts)
    if len(open_time.people) == 1:
        return say("{people} is alone as {where}, {needed} are needed: {when}", **facts)
    return say("{count} of {needed} are on as {where}: {when}", **facts)


SIGNS = {Problem.GAP: "🕳️", Problem.SHORT: "👤", Problem.OVERLAP: "👥", Problem.BELOW_LOAD: "📉"}


FORECAST = "Most are missing from {when}: {contacts} contacts are forecast in {minutes} minutes, at {aht} s each."
USUAL = (
    "Most are missing from {when}: nothing is forecast, and {contacts} contacts in {minutes} minutes, "
    "at {aht} s each, are usual then."
)
MODELS = (
    "Erlang A, whose callers give up after {patience} on average, needs {agents}; Erlang C, whose callers "
    "never do, {agents_c}."
)


def load_text(basis: Basis, say: Wording, now: datetime) -> str:
    """Why so many are needed, by both models, each named with its assumption."""
    text = say(
        FORECAST if basis.is_forecast else USUAL,
        when=near_time(to_moment(basis.start), now),
        contacts=f"{basis.offered:.0f}",
        minutes=basis.end - basis.start,
        aht=f"{basis.aht_s:.0f}",
    )
    patience = format_duration(timedelta(seconds=basis.patience_s))
    text += f" {say(MODELS, patience=patience, agents=basis.agents, agents_c=basis.agents_c)}"
    if basis.shrinkage:
        rest = "With {share} % shrinkage that is {people} on shift."
        text += f" {say(rest, share=round(100 * basis.shrinkage), people=basis.people)}"
    return text


def open_time_message(
    open_time: OpenTime, floor: Floor, say: Wording, now: datetime, *, is_manager: bool = False
) -> Message:
    """What somebody who could fill it reads, as it stands; managers are asked for people."""
    late = f"{say('Still open')}: " if open_time.escalated_at and open_time.is_open else ""
    text = f"{SIGNS[Problem(open_time.problem)]} {late}{what(open_time, floor, say, now)}."
    if not open_time.is_open:
        return text, [section(f"{text}\n{outcome(open_time, say, now)}")]
    if open_time.basis:
        text += f"\n{load_text(Basis(**open_time.basis), say, now)}"
    if open_time.answer:
        text += f"\n{answer_text(open_time, say, now)}."
    if open_time.problem == Problem.OVERLAP:
        change = say("Change the roster, or swap one of the shifts: `/incident oncall mine`")
        return text, [section(text), context(change)]
    return text, [section(text), _answers(open_time, say, is_manager=is_manager)]


def _answers(open_time: OpenTime, say: Wording, *, is_manager: bool) -> Block:
    number = str(open_time.number)
    buttons = [button(say("Ask somebody"), ids.ASK, number)]
    if open_time.problem != Problem.BELOW_LOAD:
        buttons.insert(0, button(say("I'll take it"), ids.TAKE, number, style="primary"))
    if is_manager and not open_time.answer:
        buttons.append(button(say("Answer the request"), ids.SEND_PEOPLE, number))
    return actions(buttons, block_id=f"open-time-{number}")


def answer_text(open_time: OpenTime, say: Wording, now: datetime) -> str:
    """What a manager answered to the question for more people, as a sentence without its end."""
    return say(
        "{person} answered {when}: {answer}",
        person=mention(open_time.answered_by or ""),
        when=near_time(open_time.answered_at or now, now),
        answer=one_line(open_time.answer, 500).removesuffix("."),
    )


def outcome(open_time: OpenTime, say: Wording, now: datetime) -> str:
    """How it ended."""
    when = near_time(open_time.settled_at or now, now)
    if open_time.state == State.FILLED:
        return f"✅ {say('{person} took it {when}.', person=mention(open_time.filled_by or ''), when=when)}"
    if open_time.state == State.SOLVED:
        return f"✅ {say('Covered: the roster was changed {when}.', when=when)}"
    return say("It has passed.")


def gaps_message(
    open_times: Sequence[OpenTime], floor: Floor, say: Wording, now: datetime, page: int = 1
) -> Message:
    """Everything that is open, page by page."""
    if not open_times:
        return say("Every minute ahead that needs cover has it."), []
    text = f"*{say('Open in the roster')}*"
    blocks: list[Block] = [section(text)]
    shown, which_page = page_of(open_times, page, PER_PAGE, GAPS_COMMAND)
    for each in shown:
        line = f"{SIGNS[Problem(each.problem)]} {what(each, floor, say, now)}"
        if each.answer:
            line += f"\n{answer_text(each, say, now)}"
        take = button(say("I'll take it"), f"{ids.TAKE}.{each.number}", str(each.number))
        blocks.append(section(line, accessory=None if each.problem == Problem.OVERLAP else take))
    return text, [*blocks, *which_page]


def asked_message(open_time: OpenTime, by: str, swap_id: int, floor: Floor, say: Wording, now: datetime) -> Message:
    """Somebody is asked by a colleague to fill a gap."""
    gap = what(open_time, floor, say, now)
    text = say("{person} asks whether you can take it: {gap}.", person=mention(by), gap=gap)
    return text, [section(text), _yes_or_no("I'll take it", say, swap_id, f"shift-asked-{swap_id}")]


def swap_message(
    shift: Shift, for_shift: Shift | None, by: str, swap_id: int, floor: Floor, say: Wording, now: datetime
) -> Message:
    """Somebody is asked to take a shift, in exchange for one of theirs or for nothing."""
    own = shift_line(shift, floor, say, now)
    text = say("{person} asks you to take: {shift}", person=mention(by), shift=own)
    if for_shift:
        theirs = shift_line(for_shift, floor, say, now)
        text += f"\n{say('{person} takes yours: {shift}', person=mention(by), shift=theirs)}"
    return text, [section(text), _yes_or_no("Agree", say, swap_id, f"shift-swap-{swap_id}")]


def _yes_or_no(yes: str, say: Wording, swap_id: int, block_id: str) -> Block:
    number = str(swap_id)
    both = [button(say(yes), ids.AGREE, number, style="primary"), button(say("I can't"), ids.DECLINE, number)]
    return actions(both, block_id=block_id)


def swapped_text(shift: Shift, for_shift: Shift | None, floor: Floor, say: Wording, now: datetime) -> str:
    """What both read when they agreed."""
    lines = [f"🔁 {shift_line(each, floor, say, now)}: {person(each)}" for each in (shift, for_shift) if each]
    return "\n".join([say("The swap is agreed."), *lines])
