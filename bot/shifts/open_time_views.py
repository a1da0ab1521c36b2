"""Messages about open times: what is wrong, why so many people are needed, who answered.

Pure; `translate` renders the reader's language.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.config.floor import Floor
from bot.shifts import ids
from bot.shifts.availability import NOBODY_MISSING, MissingPeople
from bot.shifts.open_time_tables import OpenTime, State
from bot.shifts.rules import Basis, Problem, to_moment
from bot.shifts.views import GAPS_COMMAND, PER_PAGE, holder, place, times, yes_or_no
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.pages import page_of
from bot.slack.phrases import Translator
from bot.slack.text import format_duration, mention, mentions, near_time, one_line

NAMED = 5


def describe(open_time: OpenTime, floor: Floor, translate: Translator) -> str:
    """What is wrong, as a sentence without a full stop."""
    facts = {
        "where": place(floor, translate, open_time.role, open_time.region, open_time.site),
        "when": times(open_time.starts_at, open_time.ends_at),
        "people": ", ".join(holder(each) for each in open_time.people[:5]),
        "count": len(open_time.people),
        "needed": open_time.needed,
    }
    if open_time.problem == Problem.OVERLAP:
        return translate("{people} is on two shifts at once: {when}", **facts)
    if open_time.problem_now == Problem.GAP:
        return translate("Nobody is on as {where}: {when}", **facts)
    if open_time.problem == Problem.BELOW_LOAD:
        return translate("{count} are on as {where}, and the load needs {needed}: {when}", **facts)
    if len(open_time.people) == 1:
        return translate("{people} is alone as {where}, {needed} are needed: {when}", **facts)
    return translate("{count} of {needed} are on as {where}: {when}", **facts)


SIGNS = {Problem.GAP: "🕳️", Problem.SHORT: "👤", Problem.OVERLAP: "👥", Problem.BELOW_LOAD: "📉"}


NO_NEEDS = (
    "Nothing is open, but floor.yaml names no times that need cover (`shifts: needs`). Ask the administrator to "
    "add them."
)
FORECAST = "Most are missing from {when}: {contacts} contacts are forecast in {minutes} minutes, at {aht} s each."
USUAL = (
    "Most are missing from {when}: nothing is forecast, and {contacts} contacts in {minutes} minutes, "
    "at {aht} s each, are usual then."
)
MODELS = (
    "Agents needed: {agents} if callers give up after {patience} on average (Erlang A), {agents_c} if they "
    "never do (Erlang C)."
)


def load_text(basis: Basis, translate: Translator, now: datetime) -> str:
    """Why so many people are needed, by both models, each with its assumption."""
    text = translate(
        FORECAST if basis.is_forecast else USUAL,
        when=near_time(to_moment(basis.start), now),
        contacts=f"{basis.offered:.0f}",
        minutes=basis.end - basis.start,
        aht=f"{basis.aht_s:.0f}",
    )
    patience = format_duration(timedelta(seconds=basis.patience_s))
    text += f" {translate(MODELS, patience=patience, agents=basis.agents, agents_c=basis.agents_c)}"
    if basis.shrinkage:
        shrinkage_phrase = "With {share} % shrinkage that is {people} on shift."
        text += f" {translate(shrinkage_phrase, share=round(100 * basis.shrinkage), people=basis.people)}"
    return text


def open_time_message(
    open_time: OpenTime,
    merged: Sequence[OpenTime],
    floor: Floor,
    translate: Translator,
    now: datetime,
    missing: MissingPeople = NOBODY_MISSING,
    *,
    reader_id: str = "",
    is_manager: bool = False,
    is_asked: bool = True,
) -> Message:
    """The current message to a person who could fill it, or to a manager, who is asked for people.

    `merged` are the open times with an answer that became part of it. A person who has left the role since is not
    asked any more.
    """
    is_reminder = open_time.escalated_at and open_time.is_open and not open_time.was_found_late
    late_note = f"{translate('Still open')}: " if is_reminder else ""
    text = f"{SIGNS[open_time.problem_now]} {late_note}{describe(open_time, floor, translate)}."
    text += _why(missing, translate)
    if not open_time.is_open:
        return text, [section(f"{text}\n{outcome(open_time, translate, now)}")]
    if open_time.basis:
        text += f"\n{load_text(Basis(**open_time.basis), translate, now)}"
    text += "".join(f"\n{answer}." for answer in _answers(open_time, merged, translate, now))
    if open_time.problem == Problem.OVERLAP:
        advice = translate("Change the roster, or swap one of the shifts: `/incident oncall mine`")
        return text, [section(text), context(advice)]
    if not is_asked:
        return text, [
            section(text),
            context(translate("You have no shifts in this role any more; others are asked.")),
        ]
    can_take = open_time.problem != Problem.BELOW_LOAD and not _is_away(reader_id, open_time, missing, now)
    return text, [
        section(text),
        _answer_buttons(open_time, translate, now, can_take=can_take, is_manager=is_manager),
    ]


def _why(missing: MissingPeople, translate: Translator) -> str:
    """Sentences about people whom the roster names and who do not cover it."""
    text = ""
    if missing.unknown:
        names = ", ".join(one_line(name, 100) for name in missing.unknown[:NAMED])
        text += f" {translate('The roster names {people}, whom I do not know.', people=names)}"
    if missing.absent:
        text += f" {translate('Rostered, but absent: {people}.', people=mentions(missing.absent[:NAMED]))}"
    return text


def _is_away(user_id: str, open_time: OpenTime, missing: MissingPeople, now: datetime) -> bool:
    """Whether the person's own absence leaves it open; of a long one, they can take other hours."""
    return user_id in missing.absent and not open_time.is_long(now)


def _answer_buttons(
    open_time: OpenTime, translate: Translator, now: datetime, *, can_take: bool, is_manager: bool
) -> Block:
    number = str(open_time.number)
    buttons = [button(translate("Ask somebody…"), ids.ASK, number)]
    if can_take:
        label, action_id = _taking(open_time, now)
        buttons.insert(0, button(translate(label), action_id, number, style="primary"))
    if is_manager and not open_time.answer:
        buttons.append(button(translate("Answer the request…"), ids.SEND_PEOPLE, number))
    return actions(buttons, block_id=f"open-time-{number}")


def _taking(open_time: OpenTime, now: datetime) -> tuple[str, str]:
    """The label and id of the button that covers it; of a long one, it asks which hours."""
    return ("I'll take it…", ids.TAKE_PART) if open_time.is_long(now) else ("I'll take it", ids.TAKE)


def answer_text(open_time: OpenTime, translate: Translator, now: datetime) -> str:
    """A manager's answer to the request for more people, as a sentence without a full stop."""
    return translate(
        "{person} answered {when}: {answer}",
        person=mention(open_time.answered_by or ""),
        when=near_time(open_time.answered_at or now, now),
        answer=one_line(open_time.answer, 500).removesuffix("."),
    )


def _answers(open_time: OpenTime, merged: Sequence[OpenTime], translate: Translator, now: datetime) -> list[str]:
    """Every answer about an open time, as sentences without full stops: its own, and those about parts of it."""
    own_answers = [answer_text(open_time, translate, now)] if open_time.answer else []
    return [
        *own_answers,
        *(f"{times(part.starts_at, part.ends_at)}: {answer_text(part, translate, now)}" for part in merged),
    ]


def outcome(open_time: OpenTime, translate: Translator, now: datetime) -> str:
    when = near_time(open_time.settled_at or now, now)
    if open_time.state == State.FILLED:
        return f"✅ {translate('{person} took it {when}.', person=mention(open_time.filled_by or ''), when=when)}"
    if open_time.state == State.SOLVED:
        return f"✅ {translate('Covered: the roster was changed {when}.', when=when)}"
    if open_time.state == State.MERGED:
        return translate("What is left of it is part of another open time now: `/incident oncall gaps` shows it.")
    return translate("It has passed.")


def gaps_message(
    open_times: Sequence[OpenTime],
    merged: Mapping[int, Sequence[OpenTime]],
    missing: Mapping[int, MissingPeople],
    floor: Floor,
    translate: Translator,
    now: datetime,
    page: int = 1,
    reader_id: str = "",
) -> Message:
    """A page of the open times. By the number of each: those with an answer that became part of it, and the people
    whom the roster names and who do not cover it."""
    if not open_times:
        text = "Everything ahead that needs cover is covered."
        return translate(text if floor.shifts.needs else NO_NEEDS), []
    text = f"*{translate('Open in the roster')}*"
    blocks: list[Block] = [section(text)]
    shown, which_page = page_of(open_times, page, PER_PAGE, GAPS_COMMAND)
    for open_time in shown:
        line = f"{SIGNS[open_time.problem_now]} {describe(open_time, floor, translate)}"
        missing_people = missing.get(open_time.number, NOBODY_MISSING)
        why = _why(missing_people, translate)
        line += f".{why.removesuffix('.')}" if why else ""
        parts = merged.get(open_time.number, ())
        line += "".join(f"\n{answer}" for answer in _answers(open_time, parts, translate, now))
        number = str(open_time.number)
        label, action_id = _taking(open_time, now)
        take_button = button(translate(label), f"{action_id}.{number}", number)
        is_offered = open_time.problem != Problem.OVERLAP and not _is_away(
            reader_id, open_time, missing_people, now
        )
        blocks.append(section(line, accessory=take_button if is_offered else None))
    return text, [*blocks, *which_page]


def asked_message(open_time: OpenTime, by: str, swap_id: int, floor: Floor, translate: Translator) -> Message:
    """The message that asks a person, on behalf of a colleague, to fill a gap."""
    gap = describe(open_time, floor, translate)
    text = translate("{person} asks whether you can take it: {gap}.", person=mention(by), gap=gap)
    return text, [section(text), yes_or_no("I'll take it", translate, swap_id, f"shift-asked-{swap_id}")]
