"""A file of cases as it would be read, and what became of it. Pure; `say` is the reader's language."""

from bot.cases import ids
from bot.cases.reading import ReadCases
from bot.cases.rules.states import ENDED, phase_of
from bot.cases.storing import Stored
from bot.cases.wording import reason_in
from bot.slack.blocks import Block, actions, button, section
from bot.slack.phrases import Wording
from bot.slack.text import one_line

REASONS_SHOWN = 5
# What a column was taken for, where its name here is not what people say.
MEANINGS = {"external_id": "external id", "opened_at": "opened at", "updated_at": "updated at"}
MEANINGS |= {"started_at": "started at", "resolved_at": "resolved at", "closed_at": "closed at"}


def preview_message(number: int, file_name: str, read: ReadCases, say: Wording) -> tuple[str, list[Block]]:
    """What the file holds, with the buttons that take it over or not."""
    columns = ", ".join(
        f"{one_line(column, 40)} → {say(MEANINGS.get(name, name))}" for name, column in read.columns.items()
    )
    counts = {"count": read.cases, "rows": len(read.rows), "open": _open(read)}
    lines = [
        say(
            "{name}: {count} cases in {rows} rows, {open} of them open",
            name=f"*{one_line(file_name, 100)}*",
            **counts,
        ),
        columns,
        *left_out(read, say),
    ]
    value = str(number)
    buttons = [button(say("Import"), ids.USE, value, style="primary"), button(say("Discard"), ids.DISCARD, value)]
    text = say("{count} cases can be imported", count=read.cases)
    return text, [section("\n".join(lines)), actions(buttons)]


def _open(read: ReadCases) -> int:
    newest = {row.external_id: row for row in sorted(read.rows, key=lambda row: row.updated_at)}
    return sum(phase_of(row.state) not in ENDED for row in newest.values())


def left_out(read: ReadCases, say: Wording) -> list[str]:
    """The rows that are not used, the first with their reasons."""
    lines = [
        say(
            "Line {line} is left out: {why}.", line=row.line, why=one_line(reason_in(row.reason, say.language), 150)
        )
        for row in read.left_out[:REASONS_SHOWN]
    ]
    more = len(read.left_out) - len(lines)
    if more:
        lines.append(say("{count} more rows are left out; the file in this thread names them.", count=more))
    return lines


def imported_text(file_name: str, stored: Stored, read: ReadCases, say: Wording) -> str:
    """What became of the file, in a sentence."""
    counts = (
        ("{count} new", stored.new),
        ("{count} changed", stored.changed),
        ("{count} unchanged", stored.unchanged),
    )
    parts = ", ".join(say(phrase, count=count) for phrase, count in counts if count) or say("nothing")
    sentences = [say("{name} is imported: {what}.", name=one_line(file_name, 100), what=parts)]
    if stored.reopened:
        sentences.append(say("{count} were reopened.", count=len(stored.reopened)))
    sentences.append(say("`/incident board` shows what is open."))
    return "\n".join([" ".join(sentences), *left_out(read, say)])
