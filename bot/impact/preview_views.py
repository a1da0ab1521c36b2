"""The preview of a file of figures: how its columns are read, before any of it counts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.impact import ids
from bot.impact.figure_wording import length, number, queue_name
from bot.impact.importing import Result
from bot.impact.reading.plan import Plan
from bot.impact.reading.rows import LeftOut, QueueName
from bot.impact.reading.vocabulary import TITLES, Meaning
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.pages import and_more
from bot.slack.text import escape, one_line

QUEUES_SHOWN, REASONS_SHOWN, COLUMNS_SHOWN = 8, 5, 25
FUTURE_WARNING: Final = (
    "The file has contacts of times still to come, so its times are probably not those of {zone}. Discard it, and "
    "ask the administrator to import it with `watchfloor figures import --zone`, or to change `figures: zone:` in "
    "`floor.yaml`."
)
NAMESAKE_WARNING: Final = (
    "{new} would count as another queue beside {known}{more}. If they are the same, discard the file, and export "
    "it with the queue's site and other columns as before."
)
PAST_WARNING = (
    "All of these intervals ended before this incident was declared, so they only say what is usual. If you "
    "expected newer ones, check the export and its time zone."
)


class FilePreview(Struct, frozen=True):
    """What a file holds, before any of it counts."""

    number: int
    name: str
    plan: Plan
    zone: str
    rows: int
    # Each queue with the seconds within which its goal wants contacts answered.
    queues: Mapping[str, float]
    first_at: int
    last_at: int
    left_out: Sequence[LeftOut]
    left_out_count: int
    names: frozenset[QueueName] = frozenset()
    # It has contacts of intervals that have not begun.
    is_ahead: bool = False
    # Known queues that have the name of one of the file's, which is new.
    namesakes: Sequence[tuple[str, str]] = ()
    # When the incident was declared in whose channel the file was dropped; 0 if it was dropped elsewhere.
    declared_at: int = 0

    @property
    def lacks_queue(self) -> bool:
        """True if no row can be used because neither the file nor a person names a queue."""
        columns = self.plan.columns
        return not (self.rows or columns.queue or Meaning.QUEUE in columns.meanings or self.plan.is_wide)


def preview_message(preview: FilePreview) -> Message:
    """How each column is read, rows read, rows left out and why; *Use it* or *Change a column*."""
    name = one_line(preview.name, 80)
    text = f"{name}: {_interval_count(preview.rows)} can be used"
    blocks = [
        section(f"📄 *{name}*\n{_content_text(preview)}"),
        section("*Columns*\n" + "\n".join(_column_lines(preview.plan))),
    ]
    # Without a queue every row has the same reason, and the first sentence says it.
    if preview.left_out_count and not preview.lacks_queue:
        blocks.append(_left_out(preview.left_out, preview.left_out_count))
    blocks += [section(f"⚠️ {warning}") for warning in warnings_of(preview)]
    blocks.append(context(_reading_notes(preview)))
    value = str(preview.number)
    elements = [button("Change a column…", ids.COLUMNS, value), button("Discard", ids.DISCARD, value)]
    if preview.rows:
        elements.insert(0, button("Use it", ids.USE, value, style="primary"))
    blocks.append(actions(elements, block_id=f"figures-{value}"))
    return text, blocks


def warnings_of(preview: FilePreview) -> list[str]:
    """What is probably wrong with the file as a whole."""
    warnings = (_future_warning, _past_warning, _namesake_warning, threshold_warning)
    return list(filter(None, (warning(preview) for warning in warnings)))


def _future_warning(preview: FilePreview) -> str:
    """A sentence if the file has contacts of a time to come; empty otherwise."""
    return FUTURE_WARNING.format(zone=preview.zone) if preview.is_ahead else ""


def _past_warning(preview: FilePreview) -> str:
    """A sentence if all intervals ended before the incident was declared; empty otherwise."""
    ends_at = preview.last_at + preview.plan.interval_s
    return PAST_WARNING if preview.rows and ends_at <= preview.declared_at else ""


def _namesake_warning(preview: FilePreview) -> str:
    """A sentence if a queue of the file is new, and one with its name is known; empty otherwise."""
    if not preview.namesakes:
        return ""
    (new, known), *others = preview.namesakes
    more = f"; so do {len(others)} more" if others else ""
    return NAMESAKE_WARNING.format(new=queue_name(new), known=queue_name(known), more=more)


def threshold_warning(preview: FilePreview) -> str:
    """A sentence if the file counts contacts answered within another time than a queue's goal; empty otherwise."""
    counted_s = preview.plan.thresholds_s
    if not counted_s:
        return ""
    differing = [(queue, goal_s) for queue, goal_s in preview.queues.items() if goal_s not in counted_s]
    if not differing:
        return ""
    queue, goal_s = differing[0]
    others = f" and of {len(differing) - 1} more" if len(differing) > 1 else ""
    counted = " or ".join(length(seconds) for seconds in sorted(counted_s))
    return (
        f"The file counts contacts answered within {counted}, and the goal of {queue_name(queue)}{others} is "
        f"within {length(goal_s)}. The service level will be the file's: export it with the goal's time, or ask "
        "the administrator to change `within` in `floor.yaml`."
    )


def _row_count(count: int) -> str:
    return "1 row" if count == 1 else f"{number(count)} rows"


def _interval_count(rows: int) -> str:
    return "1 interval" if rows == 1 else f"{number(rows)} intervals"


def _content_text(preview: FilePreview) -> str:
    if not preview.rows:
        advice = " The file names no queue: add it under *Change a column*." if preview.lacks_queue else ""
        return f"None of the rows can be used with the columns as they are read now.{advice}"
    names = list(preview.queues)
    queues = ", ".join(queue_name(queue) for queue in names[:QUEUES_SHOWN])
    more = and_more(names, QUEUES_SHOWN)
    ends_at = preview.last_at + preview.plan.interval_s
    zone = ZoneInfo(preview.zone)
    first, end = (f"{datetime.fromtimestamp(at, zone):%d %b %Y %H:%M}" for at in (preview.first_at, ends_at))
    span = f"{first} to {end} {preview.zone}, {preview.plan.interval_s // 60} min each"
    return f"{_interval_count(preview.rows)} of {queues}{more}\n{span}"


def _column_lines(plan: Plan) -> list[str]:
    columns = list(zip(plan.sheet.header, plan.columns.meanings, strict=True))
    used = [f"• {one_line(name, 50)} → {TITLES[meaning]}" for name, meaning in columns if meaning]
    ignored = [one_line(name, 30) for name, meaning in columns if not meaning and name]
    lines = used[:COLUMNS_SHOWN]
    if len(used) > COLUMNS_SHOWN:
        lines.append(f"• and {len(used) - COLUMNS_SHOWN} more columns")
    if plan.columns.queue and not plan.places(Meaning.QUEUE):
        lines.append(f"• the queue is *{queue_name(plan.columns.queue)}*")
    if plan.is_wide:
        return [*lines, "• every other column is an interval"]
    return [*lines, f"Not used: {', '.join(ignored[:8])}{and_more(ignored, 8)}"] if ignored else lines


def _reading_notes(preview: FilePreview) -> str:
    parts = [f"Times without a zone are read as {preview.zone}"]
    if preview.plan.has_short_days:
        order = "day before month" if preview.plan.day_first else "month before day"
        parts.append(order if preview.plan.is_day_certain else f"{order} (not certain: no day over 12)")
    parts.append("decimal comma" if preview.plan.decimal == "," else "decimal point")
    return f"{' · '.join(parts)}. Nothing counts yet."


def plain(text: str) -> list[Block]:
    """A message without buttons."""
    return [section(text)]


def refused_text(sentence: str) -> str:
    """Why a file cannot be read; the sentence names the file and its columns, which people typed."""
    return f"⚠️ {escape(sentence)}"


def without_times(number: int, sentence: str) -> Message:
    """The message for a file without interval starts; the user may know which column holds them."""
    elements = [button("Change a column…", ids.COLUMNS, str(number)), button("Discard", ids.DISCARD, str(number))]
    return escape(sentence), [section(refused_text(sentence)), actions(elements, block_id=f"figures-{number}")]


def imported_message(result: Result, name: str) -> Message:
    if result.is_known:
        text = f"{one_line(name, 80)} was imported before, so nothing was changed."
        return text, plain(text)
    count = "counts" if result.rows == 1 else "count"
    text = f"✅ {_interval_count(result.rows)} of {one_line(name, 80)} {count} now. `/incident figures` shows them."
    blocks = plain(text)
    if result.left_out_count:
        blocks.append(_left_out(result.left_out, result.left_out_count))
    return text, blocks


def _left_out(rows: Sequence[LeftOut], count: int) -> Block:
    """The first rows that are not used; a longer list is posted as a file."""
    lines = [f"• line {row.line}: {escape(row.reason)}" for row in rows[:REASONS_SHOWN]]
    more = count - len(lines)
    lines += [f"… and {number(more)} more, in the file in this thread"] if more > 0 else []
    return section("\n".join([f"*Left out* {_row_count(count)}", *lines]))
