"""The board and its lines, a case's notes. Pure: Block Kit from data."""

import json
from datetime import datetime

from bot.cases import ids
from bot.cases.rules.board import AMBER, FILTERS, MINE, PAUSED, RED, Board, Entry, Wanted
from bot.slack.blocks import Block, actions, button, context, header, section
from bot.slack.text import format_duration, link, mention, near_time, one_line

Screen = tuple[str, list[Block]]

PER_PAGE = 6
EMOJI = {RED: "🔴", AMBER: "🟡", PAUSED: "⏸️"}
LABELS = {"red": "Red", "amber": "Amber", "unassigned": "Unassigned", "reopened": "Reopened"}
LABELS |= {"sensitive": "Sensitive", "mine": "Mine"}
NO_CASES = (
    "No case is open. `watchfloor cases import` or a file dropped into a direct message to me brings them here."
)


def board_screen(board: Board, now: datetime) -> Screen:
    """A page of the board with its buttons."""
    if not board.total:
        return NO_CASES, [section(NO_CASES)]
    text = headline(board)
    blocks = [header("Cases by time to breach"), section(text), actions(_filters(board))]
    for entry in board.entries:
        blocks += [section(case_text(entry, now)), actions(_buttons(entry))]
    if not board.entries:
        blocks.append(section("No open case matches."))
    pages = _pages(board)
    return text, [*blocks, *([actions(pages)] if pages else []), context(_shown(board))]


def board_message(board: Board, now: datetime) -> Screen:
    """The board as it stands in a channel: the first cases, with buttons that answer only who presses them."""
    if not board.total:
        return NO_CASES, [section(NO_CASES)]
    blocks: list[Block] = [header("Cases by time to breach"), section(headline(board))]
    for entry in board.entries:
        blocks += [section(case_text(entry, now)), actions(_buttons(entry))]
    rest = f"{_shown(board)} `/incident board` shows all, `/incident board unassigned` a part."
    return headline(board), [*blocks, context(rest)]


def home_blocks(board: Board, now: datetime) -> list[Block]:
    """The cases at risk, for a person's home tab."""
    lines = "\n".join(case_text(entry, now).split("\n")[0] for entry in board.entries)
    return [section(f"*Cases*\n{headline(board)}"), *([section(lines)] if lines else [])]


def headline(board: Board) -> str:
    """How many there are of each."""
    counts = board.counts
    parts = [f"{board.total} open"]
    if counts["breached"]:
        parts.append(f"*{counts['breached']} breached*")
    parts += [f"{EMOJI[RED]} {counts['red']} red", f"{EMOJI[AMBER]} {counts['amber']} amber"]
    parts += [
        f"{counts[name]} {name}" for name in ("unassigned", "reopened", "sensitive", "snoozed") if counts[name]
    ]
    return " · ".join(parts)


def case_text(entry: Entry, now: datetime) -> str:
    """Two lines and the arithmetic of a case."""
    case = entry.case
    name = link(case.url, case.name) if case.url else one_line(case.name, 60)
    marks = [*(["⚠️ sensitive"] if case.is_sensitive else []), *([_times(case.reopened)] if case.reopened else [])]
    first = f"{EMOJI.get(entry.colour, '🟢')} *{name}* {case.priority} {one_line(case.title, 90)}".rstrip()
    about = [one_line(part, 60) for part in (case.customer, case.team, case.region) if part]
    second = " · ".join([*about, _owner(entry), *marks])
    return f"{first}\n{second}\n{arithmetic(entry, now)}"


def _times(reopened: int) -> str:
    return "reopened" if reopened == 1 else f"reopened {reopened} times"


def _owner(entry: Entry) -> str:
    case = entry.case
    if case.owner_id:
        return mention(case.owner_id)
    return one_line(case.owner, 60) if case.owner else "*unassigned*"


def arithmetic(entry: Entry, now: datetime) -> str:
    """Why it is red or amber: the deadline, its place in the queue, who is free, when it is likely taken."""
    if entry.left is None or entry.case.due_at is None:
        return "The clock is paused." if entry.case.target_s else "It has no SLA target."
    due = near_time(entry.case.due_at, now)
    if entry.is_breached:
        deadline = f"Breached {due}"
    else:
        deadline = f"Due {due}"
    if not entry.position:
        return deadline
    place = f"{_ordinal(entry.position)} in the queue"
    who = "" if entry.free is None else f", {_free(entry)}"
    if entry.pickup is None:
        return f"{deadline} · {place}{who}"
    return f"{deadline} · {place}{who}: likely taken in {format_duration(entry.pickup)}"


def _free(entry: Entry) -> str:
    if entry.on_shift == 0:
        return "nobody is on shift"
    if entry.free == 0:
        return "nobody is free" + (f" of {entry.on_shift} on shift" if entry.on_shift else "")
    if entry.on_shift:
        return f"{entry.free} of {entry.on_shift} on shift free"
    return "1 engineer free" if entry.free == 1 else f"{entry.free} engineers free"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _buttons(entry: Entry) -> list[Block]:
    value = str(entry.case.number)
    return [
        button("Take", ids.TAKE, value, style="primary" if entry.case.is_unassigned else None),
        button("Assign…", ids.ASSIGN, value),
        button("Escalate…", ids.ESCALATE, value),
        button("Note…", ids.NOTE, value),
        button("Snooze…", ids.SNOOZE, value),
    ]


def _filters(board: Board) -> list[Block]:
    chosen = board.wanted
    buttons = [button("All", f"{ids.FILTER}.all", kept(Wanted(words=chosen.words)))] if chosen.filter else []
    for name in FILTERS:
        if name != chosen.filter and (name == MINE or board.counts[name]):
            label = LABELS[name] if name == MINE else f"{LABELS[name]} {board.counts[name]}"
            buttons.append(button(label, f"{ids.FILTER}.{name}", kept(Wanted(name, chosen.words))))
    return buttons


def _pages(board: Board) -> list[Block]:
    chosen, buttons = board.wanted, []
    if chosen.page:
        buttons.append(
            button("← Back", f"{ids.PAGE}.back", kept(Wanted(chosen.filter, chosen.words, "", chosen.page - 1)))
        )
    if (chosen.page + 1) * PER_PAGE < board.matching:
        buttons.append(
            button("More →", f"{ids.PAGE}.more", kept(Wanted(chosen.filter, chosen.words, "", chosen.page + 1)))
        )
    return buttons


def _shown(board: Board) -> str:
    first = board.wanted.page * PER_PAGE + 1
    which = " ".join((board.wanted.filter, *board.wanted.words)).strip()
    named = f" ({one_line(which, 80)})" if which else ""
    if not board.entries:
        return f"0 cases{named}."
    return f"Cases {first}–{first + len(board.entries) - 1} of {board.matching}{named}."


def kept(wanted: Wanted) -> str:
    """As a button remembers it. People can change it: it says only what is looked at."""
    return json.dumps([wanted.filter, list(wanted.words), wanted.page])
