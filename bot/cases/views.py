"""The board and its lines. Pure: Block Kit from data; `translate` renders the reader's language."""

import json
from datetime import datetime

from bot.cases import ids
from bot.cases.rules.board import AMBER, FILTERS, MINE, PAUSED, RED, Board, Entry, OpenCase, Wanted
from bot.cases.tables import Case
from bot.slack.blocks import Block, Message, actions, button, context, header, option, overflow, section
from bot.slack.phrases import Translator
from bot.slack.text import format_duration, link, mention, near_time, one_line

PER_PAGE = 6
EMOJI = {RED: "🔴", AMBER: "🟡", PAUSED: "⏸️"}
LABELS = {"red": "Red", "amber": "Amber", "unassigned": "Unassigned", "reopened": "Reopened"}
LABELS |= {"sensitive": "Sensitive", "mine": "Mine"}
COLOUR_COUNTS = {RED: "{count} red", AMBER: "{count} amber"}
MARK_COUNTS = {"unassigned": "{count} unassigned", "reopened": "{count} reopened"}
MARK_COUNTS |= {"sensitive": "{count} sensitive", "snoozed": "{count} snoozed"}
NO_CASES = "No case is open. A file sent to me as a direct message, or `watchfloor cases import`, brings them here."


def board_screen(board: Board, translate: Translator, now: datetime) -> Message:
    """A page of the board with its buttons."""
    if not board.total:
        return translate(NO_CASES), [section(translate(NO_CASES))]
    text = headline(board, translate)
    blocks = [header(translate("Cases by time to breach")), section(text), actions(_filters(board, translate))]
    for entry in board.entries:
        blocks += [section(case_text(entry, translate, now)), actions(_buttons(entry, translate))]
    if not board.entries:
        blocks.append(section(translate("No open case matches.")))
    return text, [*blocks, actions(_pages(board, translate)), context(_range_text(board, translate))]


def board_message(board: Board, translate: Translator, now: datetime) -> Message:
    """The board for a channel: the first cases, with buttons that reply only to the person who clicks."""
    if not board.total:
        return translate(NO_CASES), [section(translate(NO_CASES))]
    text = headline(board, translate)
    blocks: list[Block] = [header(translate("Cases by time to breach")), section(text)]
    for entry in board.entries:
        blocks += [section(case_text(entry, translate, now)), actions(_buttons(entry, translate))]
    hint = translate("`/incident board` shows all, `/incident board unassigned` a part.")
    return text, [*blocks, context(f"{_range_text(board, translate)} {hint}")]


def home_blocks(board: Board, translate: Translator, now: datetime) -> list[Block]:
    """The cases at risk, for a person's home tab."""
    lines = "\n".join(case_text(entry, translate, now).split("\n")[0] for entry in board.entries)
    return [section(f"*{translate('Cases')}*\n{headline(board, translate)}"), *([section(lines)] if lines else [])]


def headline(board: Board, translate: Translator) -> str:
    """The counts of open cases by colour and mark."""
    counts = board.counts
    parts = [translate("{count} open", count=board.total)]
    if counts["breached"]:
        parts.append(f"*{translate('{count} breached', count=counts['breached'])}*")
    parts += [f"{EMOJI[name]} {translate(COLOUR_COUNTS[name], count=counts[name])}" for name in (RED, AMBER)]
    parts += [translate(phrase, count=counts[name]) for name, phrase in MARK_COUNTS.items() if counts[name]]
    return " · ".join(parts)


def case_text(entry: Entry, translate: Translator, now: datetime) -> str:
    """A case in two lines, followed by its arithmetic."""
    case = entry.case
    name = link(case.url, case.name) if case.url else one_line(case.name, 60)
    marks = [f"⚠️ {translate('sensitive')}"] if case.is_sensitive else []
    marks += [_reopened_text(case.reopened, translate)] if case.reopened else []
    first_line = f"{EMOJI.get(entry.colour, '🟢')} *{name}* {case.priority} {one_line(case.title, 90)}".rstrip()
    owner = owner_text(case) or f"*{translate('unassigned')}*"
    second_line = " · ".join([*facts_of(case), owner, *marks])
    return f"{first_line}\n{second_line}\n{arithmetic(entry, translate, now)}"


def _reopened_text(reopened: int, translate: Translator) -> str:
    return translate("reopened") if reopened == 1 else translate("reopened {count} times", count=reopened)


def facts_of(case: OpenCase | Case) -> list[str]:
    """The customer, team and region, those that are known."""
    return [one_line(part, 60) for part in (case.customer, case.team, case.region) if part]


def owner_text(case: OpenCase | Case) -> str:
    return mention(case.owner_id) if case.owner_id else one_line(case.owner, 60)


def arithmetic(entry: Entry, translate: Translator, now: datetime) -> str:
    """Why it is red or amber: deadline, place in the queue, free engineers, likely time of pick-up."""
    deadline = deadline_text(entry.case, translate, now)
    if not entry.position:
        return deadline
    position_text = translate("{place} in the queue", place=ordinal(entry.position, translate))
    free_text = "" if entry.free is None else f", {_free(entry, translate)}"
    if entry.pickup is None:
        return f"{deadline} · {position_text}{free_text}"
    pickup = translate("likely taken in {length}", length=translate(format_duration(entry.pickup)))
    return f"{deadline} · {position_text}{free_text}: {pickup}"


def deadline_text(case: OpenCase | Case, translate: Translator, now: datetime) -> str:
    """When the case breaches, or why it does not."""
    if case.due_at is None:
        return translate("The clock is paused.") if case.target_s else translate("It has no SLA target.")
    return translate("Breached {when}" if case.due_at <= now else "Due {when}", when=near_time(case.due_at, now))


def _free(entry: Entry, translate: Translator) -> str:
    if entry.on_shift == 0:
        return translate("nobody is on shift")
    if entry.free == 0:
        return (
            translate("nobody is free of {on} on shift", on=entry.on_shift)
            if entry.on_shift
            else translate("nobody is free")
        )
    if entry.on_shift:
        return translate("{free} of {on} on shift free", free=entry.free, on=entry.on_shift)
    return (
        translate("1 engineer free") if entry.free == 1 else translate("{count} engineers free", count=entry.free)
    )


def ordinal(number: int, translate: Translator) -> str:
    """`1st`, `22nd`, in Spanish `1.º`."""
    if translate.language == "es":
        return f"{number}.º"
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _buttons(entry: Entry, translate: Translator) -> list[Block]:
    value = str(entry.case.number)
    return [
        button(translate("Take"), ids.TAKE, value, style="primary" if entry.case.is_unassigned else None),
        button(translate("Assign…"), ids.ASSIGN, value),
        overflow(
            ids.MORE,
            [
                option(translate("Escalate…"), f"{ids.ESCALATE}:{value}"),
                option(translate("Note…"), f"{ids.NOTE}:{value}"),
                option(translate("Snooze…"), f"{ids.SNOOZE}:{value}"),
            ],
        ),
    ]


def _filters(board: Board, translate: Translator) -> list[Block]:
    wanted = board.wanted
    buttons = (
        [button(translate("All"), f"{ids.FILTER}.all", button_value(Wanted(words=wanted.words)))]
        if wanted.filter
        else []
    )
    for name in FILTERS:
        if name != wanted.filter and (name == MINE or board.counts[name]):
            label = translate(LABELS[name]) if name == MINE else f"{translate(LABELS[name])} {board.counts[name]}"
            buttons.append(button(label, f"{ids.FILTER}.{name}", button_value(Wanted(name, wanted.words))))
    return buttons


def _pages(board: Board, translate: Translator) -> list[Block]:
    """The buttons for the other pages, and to refresh this one with later decisions."""
    wanted, buttons = board.wanted, []
    if wanted.page:
        previous_page = Wanted(wanted.filter, wanted.words, "", wanted.page - 1)
        buttons.append(button(f"← {translate('Back')}", f"{ids.PAGE}.back", button_value(previous_page)))
    if (wanted.page + 1) * PER_PAGE < board.matching:
        next_page = Wanted(wanted.filter, wanted.words, "", wanted.page + 1)
        buttons.append(button(f"{translate('More')} →", f"{ids.PAGE}.more", button_value(next_page)))
    same_page = Wanted(wanted.filter, wanted.words, "", wanted.page)
    return [*buttons, button(translate("Refresh"), f"{ids.PAGE}.again", button_value(same_page))]


def _range_text(board: Board, translate: Translator) -> str:
    first = board.wanted.page * PER_PAGE + 1
    filter_label = translate(LABELS[board.wanted.filter]).lower() if board.wanted.filter else ""
    search_text = " ".join((filter_label, *board.wanted.words)).strip()
    search_note = f" ({one_line(search_text, 80)})" if search_text else ""
    if not board.entries:
        return translate("0 cases{named}.", named=search_note)
    last = first + len(board.entries) - 1
    return translate(
        "Cases {first}–{last} of {all}{named}.", first=first, last=last, all=board.matching, named=search_note
    )


def button_value(wanted: Wanted) -> str:
    """The value of a button. Users can forge it, so it only says what to show."""
    return json.dumps([wanted.filter, list(wanted.words), wanted.page])
