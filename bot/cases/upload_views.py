"""Preview of a file of cases, and the result of its import. Pure; `translate` renders the reader's language."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cases import ids
from bot.cases.reading import ReadCases
from bot.cases.rules.states import ENDED, phase_of
from bot.cases.storing import Stored
from bot.cases.wording import reason_in
from bot.slack.blocks import Message, actions, button, section
from bot.slack.phrases import Translator
from bot.slack.text import near_time, one_line

REASONS_SHOWN, PRIORITIES_SHOWN = 5, 5
# Clocks of other systems may be fast.
SKEW = timedelta(minutes=5)
# Labels of columns whose internal name people would not use.
MEANINGS = {"external_id": "number", "opened_at": "opened at", "updated_at": "updated at"}
MEANINGS |= {"started_at": "started at", "resolved_at": "resolved at", "closed_at": "closed at"}


def preview_message(
    number: int, file_name: str, content: ReadCases, before: Sequence[str], translate: Translator, now: datetime
) -> Message:
    """What the file contains, with the buttons to import or discard it; `before` says if it was imported before."""
    counts = {"count": content.cases, "rows": len(content.rows), "open": _open(content)}
    lines = [
        translate(
            "{name}: {count} cases in {rows} rows, {open} of them open",
            name=f"*{one_line(file_name, 100)}*",
            **counts,
        ),
        *before,
        _columns(content, translate),
        *_times(content, translate, now),
        *_unknown_priorities(content, translate),
        *left_out(content, translate),
    ]
    value = str(number)
    buttons = [
        button(translate("Import"), ids.USE, value, style="primary"),
        button(translate("Discard"), ids.DISCARD, value),
    ]
    text = translate("{count} cases can be imported", count=content.cases)
    return text, [section("\n".join(lines)), actions(buttons)]


def imported_before(at: datetime | None, now: datetime, translate: Translator) -> list[str]:
    """The line about an earlier import of the same file, if there was one."""
    return [translate("This file was already imported at {time}.", time=near_time(at, now))] if at else []


def _columns(content: ReadCases, translate: Translator) -> str:
    """The columns that were recognised, each with its meaning unless that is its name."""
    meanings: dict[str, str] = {}
    for name, column in content.columns.items():
        # The number is also what people call the case by: one meaning of it is enough.
        meanings.setdefault(column, translate(MEANINGS.get(name, name)))
    return ", ".join(
        one_line(column, 40) + ("" if column.casefold() == meaning.casefold() else f" → {meaning}")
        for column, meaning in meanings.items()
    )


def _times(content: ReadCases, translate: Translator, now: datetime) -> list[str]:
    """How the times were read and when the cases were opened, so that a wrong zone is seen before the import."""
    opened_times = [row.opened_at for row in content.rows]
    if not opened_times:
        return []
    span = dict.fromkeys(near_time(at, now) for at in (min(opened_times), max(opened_times)))
    zone_phrase = "Times without a zone are read as {zone}. Opened {when}."
    lines = [translate(zone_phrase, zone=content.zone, when=" – ".join(span))]
    if future := len({row.external_id for row in content.rows if row.opened_at > now + SKEW}):
        warning = translate(
            "{count} of them would be opened in the future, so the zone may be wrong. Export the times in {zone}, "
            "or ask your administrator for `cases: zone` in floor.yaml.",
            count=future,
            zone=content.zone,
        )
        lines.append(f"⚠️ {warning}")
    return lines


def _unknown_priorities(content: ReadCases, translate: Translator) -> list[str]:
    """The priorities that are none of P1 to P5, because such cases are not escalated."""
    names = ", ".join(one_line(name, 40) for name in sorted(content.unknown_priorities)[:PRIORITIES_SHOWN])
    phrase = "Unknown priorities, which count as P3 in new cases: {names}."
    return [translate(phrase, names=names)] if names else []


def _open(content: ReadCases) -> int:
    newest = {row.external_id: row for row in sorted(content.rows, key=lambda row: row.updated_at)}
    return sum(phase_of(row.state) not in ENDED for row in newest.values())


def left_out(content: ReadCases, translate: Translator) -> list[str]:
    """Lines about rows that were left out, the first ones with their reasons."""
    lines = [
        translate(
            "Line {line} is left out: {why}.",
            line=row.line,
            why=one_line(reason_in(row.reason, translate.language), 150),
        )
        for row in content.left_out[:REASONS_SHOWN]
    ]
    more = len(content.left_out) - len(lines)
    if more:
        lines.append(translate("{count} more rows are left out; the file in this thread names them.", count=more))
    return lines


def imported_text(file_name: str, stored: Stored, content: ReadCases, translate: Translator) -> str:
    """The result of an import, in a sentence."""
    counts = (
        ("{count} new", stored.new),
        ("{count} changed", stored.changed),
        ("{count} unchanged", stored.unchanged),
    )
    parts = ", ".join(translate(phrase, count=count) for phrase, count in counts if count) or translate("nothing")
    sentences = [translate("{name} is imported: {what}.", name=one_line(file_name, 100), what=parts)]
    if stored.reopened:
        sentences.append(translate("Reopened: {count}.", count=len(stored.reopened)))
    sentences.append(translate("`/incident board` shows what is open."))
    return "\n".join([" ".join(sentences), *left_out(content, translate)])
