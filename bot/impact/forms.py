"""Forms: one queue and interval, the columns of a file, what-if. Pure: Block Kit from data."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from bot.impact import ids
from bot.impact.reading.plan import ColumnMap
from bot.impact.reading.vocabulary import TITLES, Meaning
from bot.impact.rules.assessment import QueueFacts
from bot.impact.rules.figures import Figures
from bot.slack.blocks import Block, Element, context, field, modal, option, section, select, text_field, text_input
from bot.slack.text import one_line

# A phone shows few fields at once: these are what an analyst reads off the wallboard, in that order.
FIELDS = (
    (ids.OFFERED, "Offered", ""),
    (ids.ANSWERED, "Answered", ""),
    (ids.ANSWERED_IN, "Answered within the threshold", ""),
    (ids.ABANDONED, "Abandoned", ""),
    (ids.AHT, "Average handle time", "Seconds or 5:12"),
    (ids.ASA, "Average speed of answer", "Seconds or 1:30"),
    (ids.AGENTS, "Agents staffed", ""),
    (ids.SCHEDULED, "Agents scheduled", ""),
    (ids.AVAILABLE, "Agents available", "On average, waiting for a contact"),
    (ids.FORECAST, "Forecast of offered", ""),
)
# Slack allows 100 blocks in a form; wide files have more columns than a user would change by hand.
COLUMNS_IN_FORM = 40
NO_QUEUE = "-"


class LastInterval(Struct, frozen=True):
    """The interval typed or imported last: the form starts from it."""

    queue: str
    starts_at: int
    interval_s: int
    figures: Figures


def figures_form(
    number: int,
    queues: Sequence[QueueFacts],
    starts: Sequence[datetime],
    interval_s: int,
    last_interval: LastInterval | None,
) -> Block:
    """The form for one queue and interval. Nothing but the queue is filled in: a figure that nobody typed would
    replace the one that is on record for the chosen interval."""
    queue_options = [option(queue.label, str(queue.id)) for queue in queues]
    initial_queue = next(
        (str(queue.id) for queue in queues if last_interval and queue.label == last_interval.queue), None
    )
    blocks: list[Block] = []
    if queue_options:
        blocks.append(field("Queue", select(ids.QUEUE, queue_options, initial=initial_queue), optional=True))
    new_queue = text_input(ids.NEW_QUEUE, longest=100, placeholder="Billing")
    title = "Another queue" if queue_options else "Queue"
    blocks.append(field(title, new_queue, optional=bool(queue_options)))
    intervals = [option(f"{at:%a %d %b %H:%M} {at.tzname()}", str(int(at.timestamp()))) for at in starts]
    blocks.append(field("Interval", select(ids.INTERVAL, intervals, initial=intervals[0]["value"])))
    for name, label, hint in FIELDS:
        element = text_input(name, longest=20, placeholder=_last_value(name, last_interval))
        blocks.append(field(label, element, optional=True, hint=hint))
    return modal(ids.FORM, "Figures", blocks, submit="Save", subject=f"{number}:{interval_s}")


def _last_value(name: str, last_interval: LastInterval | None) -> str:
    """The last value of a figure that seldom changes between intervals; empty for the others."""
    if last_interval is None or name not in (ids.AHT, ids.AGENTS, ids.SCHEDULED):
        return ""
    amount = getattr(last_interval.figures, name)
    return "" if amount is None else f"Last: {round(amount, 1):g}"


def columns_form(number: int, name: str, header: Sequence[str], columns: ColumnMap, zone: str) -> Block:
    """The form to correct what each column of a file holds; the next file of that shape is read the same way."""
    choices = [option(title, str(meaning) or NO_QUEUE) for meaning, title in TITLES.items()]
    blocks: list[Block] = [section(f"*{one_line(name, 100)}*")]
    queue_name = text_input(ids.QUEUE, longest=100, initial=columns.queue, placeholder="Billing")
    if Meaning.QUEUE not in columns.meanings:
        blocks.append(field("Queue of the whole file", queue_name, optional=True))
    order: list[Element] = [option("Day before month (31/12)", "day"), option("Month before day (12/31)", "month")]
    initial_order = "month" if columns.day_first is False else "day"
    blocks.append(field("Dates", select(ids.DAY_FIRST, order, initial=initial_order)))
    zones = [option("As the file says", "file"), option(f"All are local times of {zone}"[:75], "local")]
    initial_zone = "local" if columns.ignore_zone else "file"
    blocks.append(field("Time zone", select(ids.ZONE, zones, initial=initial_zone)))
    for index, title in list(enumerate(header))[:COLUMNS_IN_FORM]:
        meaning = str(columns.meanings[index]) or NO_QUEUE
        label = one_line(title, 100) or f"Column {index + 1}"
        blocks.append(field(label, select(ids.COLUMN, choices, initial=meaning), name=f"{ids.COLUMN}.{index}"))
    if len(header) > COLUMNS_IN_FORM:
        left_out = len(header) - COLUMNS_IN_FORM
        blocks.append(context(f"The last {left_out} of {len(header)} columns are read as shown in the message."))
    return modal(ids.COLUMNS_FORM, "Columns", blocks, submit="Read it so", subject=number)


def whatif_form(number: int, queues: Sequence[QueueFacts]) -> Block:
    """The form for several changes at once."""
    blocks: list[Block] = []
    if len(queues) > 1:
        options = [option(queue.label, str(queue.id)) for queue in queues]
        blocks.append(field("Queue", select(ids.QUEUE, options, initial=options[0]["value"])))
    for name, label, example in (
        (ids.AGENTS_CHANGE, "Agents", "-6"),
        (ids.AHT_CHANGE, "Handle time", "+25%"),
        (ids.VOLUME_CHANGE, "Contacts", "x1.4"),
        (ids.OUTAGE, "Nobody answers for", "45 min"),
    ):
        blocks.append(text_field(label, name, longest=20, placeholder=example, optional=True))
    return modal(ids.WHAT_IF_FORM, "What if", blocks, submit="Compute", subject=number)
