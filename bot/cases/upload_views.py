"""A file of cases as it would be read, and what became of it. Pure."""

from collections import Counter

from bot.cases import ids
from bot.cases.reading import ReadCases
from bot.cases.rules.states import ENDED, phase_of
from bot.cases.storing import Stored
from bot.slack.blocks import Block, actions, button, section
from bot.slack.text import one_line

REASONS_SHOWN = 5


def preview_message(number: int, file_name: str, read: ReadCases) -> tuple[str, list[Block]]:
    """What the file holds, with the buttons that take it over or not."""
    columns = ", ".join(
        f"{one_line(column, 40)} → {name.replace('_', ' ')}" for name, column in read.columns.items()
    )
    lines = [
        f"*{one_line(file_name, 100)}*: {read.cases} cases in {len(read.rows)} rows, {_open(read)} of them open",
        columns,
        *left_out(read),
    ]
    buttons = [button("Import", ids.USE, str(number), style="primary"), button("Discard", ids.DISCARD, str(number))]
    return f"{read.cases} cases can be imported", [section("\n".join(lines)), actions(buttons)]


def _open(read: ReadCases) -> int:
    newest = {row.external_id: row for row in sorted(read.rows, key=lambda row: row.updated_at)}
    return sum(phase_of(row.state) not in ENDED for row in newest.values())


def left_out(read: ReadCases) -> list[str]:
    """The rows that are not used, the first with their reasons."""
    lines = [f"Line {row.line} is left out: {one_line(row.reason, 150)}." for row in read.left_out[:REASONS_SHOWN]]
    more = len(read.left_out) - len(lines)
    return [*lines, f"{more} more rows are left out; the file in this thread names them."] if more else lines


def imported_text(file_name: str, stored: Stored, read: ReadCases) -> str:
    """What became of the file, in a sentence."""
    counts = Counter(new=stored.new, changed=stored.changed, unchanged=stored.unchanged)
    parts = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
    reopened = f" {len(stored.reopened)} were reopened." if stored.reopened else ""
    lines = [f"{one_line(file_name, 100)} is imported: {parts}.{reopened} `/incident board` shows what is open."]
    return "\n".join([*lines, *left_out(read)])
