"""What people read of rosters that were read: what counts of each, and what does not. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.shifts.tables import RosterState
from bot.slack.blocks import Block, paragraphs
from bot.slack.pages import and_more, page_of
from bot.slack.text import escape, near_time, one_line

if TYPE_CHECKING:
    from bot.shifts.importing import Result

Message = tuple[str, list[Block]]
PER_PAGE = 20
NAMES_SHOWN, ENTRIES_SHOWN = 20, 10


def rosters_message(states: Sequence[RosterState], unknown: Sequence[str], now: datetime, page: int = 1) -> Message:
    """What was read of each roster, and page by page what of it is no shift."""
    if not states:
        return "No roster was read yet. `docs/shifts.md` says how to name one in floor.yaml.", []
    lines: list[str] = []
    for state in states:
        lines.append(f"*{escape(state.name)}*: {state.shifts} shifts, read {near_time(state.read_at, now)}")
        if state.error:
            lines.append(f"⚠️ {escape(state.error)}")
    entries = [
        f"• {escape(state.name)}, {one_line(where, 100)}: {one_line(reason, 150)}"
        for state in states
        for where, reason in state.left_out
    ]
    entries += [f"• {one_line(name, 100)} is not known in Slack" for name in unknown]
    if entries:
        lines.append("*What is no shift, and people who are not known*")
    if unknown:
        lines.append("`shifts: people` in floor.yaml says who they are.")
    shown, which_page = page_of(entries, page, PER_PAGE, "/incident oncall rosters")
    return "*Rosters*", [*paragraphs(["*Rosters*", *lines, *shown], rest=""), *which_page]


def _names(unknown: Sequence[str]) -> str:
    return ", ".join(escape(name) for name in unknown[:NAMES_SHOWN]) + and_more(unknown, NAMES_SHOWN)


def result_text(result: "Result | None") -> str:
    """What came of a roster that somebody sent."""
    if result is None:
        return "Nothing changed since this roster was read last."
    lines = [f"✅ {escape(result.name)}: {result.shifts} shifts in the next two months count now."]
    if result.changed or result.removed:
        lines.append(f"{result.added} are new, {result.changed} changed, {result.removed} are gone.")
    if result.left_out:
        lines.append(f"{len(result.left_out)} entries are no shifts:")
        lines += [f"• {escape(each.where)}: {escape(each.reason)}" for each in result.left_out[:ENTRIES_SHOWN]]
    if len(result.left_out) > ENTRIES_SHOWN:
        lines.append(f"• … and {len(result.left_out) - ENTRIES_SHOWN} more: `/incident oncall rosters`")
    if result.unknown:
        lines.append(f"Not known in Slack: {_names(result.unknown)}. `/incident oncall rosters` lists them all.")
    return "\n".join(lines)
