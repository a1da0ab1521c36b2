"""Actions on figures: show them, enter an interval."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.impact import forms, gathering, ids, importing, interval_tables, tables, views, wording
from bot.impact.figure_wording import length, number, queue_name
from bot.impact.forms import LastInterval
from bot.impact.gathering import origins_of
from bot.impact.importing import Result, Source
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.reading.vocabulary import COUNTS, LENGTHS, Meaning
from bot.impact.rules.assessment import QueueFacts
from bot.impact.rules.figures import Figures
from bot.impact.rules.intervals import recent_starts
from bot.impact.rules.lengths import merged
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.facts import STALE_SOURCES
from bot.incidents.registry import Registry
from bot.incidents.rules import ungrouped
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block, Message, context
from bot.slack.text import clock_time
from bot.sources.tabular.cells import NotReadable, read_length, read_number

INTERVAL_S = 1800
PREFILL_WITHIN = timedelta(days=2)


class NoQueueChosen(WatchfloorError):
    """Choose a queue, or type the name of another one."""


class NothingTyped(WatchfloorError):
    """Type at least one figure; what you do not know stays empty."""


class FiguresNotReadable(WatchfloorError):
    """Some figures cannot be read. Type a number such as 120, or a time such as 5:12."""

    def __init__(self, reasons: Mapping[str, NotReadable]) -> None:
        super().__init__()
        self.by_field = {
            name: wording.NOT_READABLE.format(reason=str(reason).replace("`", ""))
            for name, reason in reasons.items()
        }


class MoreInTime(WatchfloorError):
    """More contacts were answered in time than were answered at all. Look at both numbers again."""

    @property
    def by_field(self) -> dict[str, str]:
        """The message, by form field."""
        return {ids.ANSWERED_IN: self.sentence}


def figures_screen(services: Services, number: int, by: str, now: datetime, page: int = 1) -> Message:
    """An incident's figures now and since it began."""
    incident = visible_incident(services, number, by)
    with services.database.reading() as session:
        figures = gathering.gather_figures(session, services.floor, incident, now)
        imported = _last_import(session)
        origins = origins_of(session, figures.assessment, number)
        stale = services.get(Registry).ask(STALE_SOURCES)(session, services, ("intervals", "tables"), now)
    text, blocks = views.figures_screen(
        number, figures.assessment, imported, figures.outlook(), page, origins, now=now
    )
    return text, [*blocks, context(*stale)] if stale else blocks


def _last_import(session: Session) -> datetime | None:
    last_import = tables.last_import(session)
    return last_import.visible_at if last_import else None


def queues_of(session: Session, services: Services, incident: Incident, now: datetime) -> list[QueueFacts]:
    zone = ZoneInfo(services.floor.figures.zone)
    window = gathering.window_of(session, incident, now, zone)
    return gathering.scope_of(session, services.floor, incident, window).queues


def figures_form(services: Services, number: int, by: str, now: datetime) -> Block:
    """The form for one interval; it proposes the queue of the last one and the interval after it."""
    incident = visible_incident(services, number, by, "lead")
    with services.database.reading() as session:
        queues = queues_of(session, services, incident, now)
        last_interval = _last_interval(session, queues, by, now)
    interval_s = last_interval.interval_s if last_interval and last_interval.interval_s <= 3600 else INTERVAL_S
    zone = ZoneInfo(services.floor.figures.zone)
    starts = recent_starts(now.astimezone(zone), interval_s, last_interval.starts_at if last_interval else None)
    return forms.figures_form(number, queues, starts, interval_s, last_interval)


def _last_interval(session: Session, queues: Sequence[QueueFacts], by: str, now: datetime) -> LastInterval | None:
    """The newest interval that this person entered or imported, or else the newest of all."""
    if not queues:
        return None
    since = int((now - PREFILL_WITHIN).timestamp())
    rows = interval_tables.rows_between(session, [queue.id for queue in queues], (since, int(now.timestamp()) + 1))
    if not rows:
        return None
    own_imports = tables.imports_of_person(session, by, {row[2] for row in rows})
    latest = max(rows, key=lambda row: (row[2] in own_imports, row[1], row[2]))
    label = next(queue.label for queue in queues if queue.id == latest[0])
    [interval] = merged([latest])
    return LastInterval(label, interval.starts_at, interval.interval_s, interval.figures)


class TypedInterval(Struct, frozen=True):
    """The contents of the form for one interval; `key` identifies it, so that sending it twice adds one.

    `queue` is the number of a known queue or the name of another.
    """

    key: str
    queue: int | str
    starts_at: int
    interval_s: int
    figures: Mapping[str, str]


def add_interval(services: Services, number: int, typed: TypedInterval, by: str, now: datetime) -> str:
    """Save one typed interval. Return the answer."""
    figures = read_typed(typed.figures)
    if not typed.queue:
        raise NoQueueChosen()
    with changing(services, number, by, now) as change:
        name = _queue_name(change, typed.queue)
        row = ReadRow(0, name, typed.starts_at, typed.interval_s, figures)
        source = Source(f"form:{typed.key}", tables.TYPED, by, number)
        result = importing.import_few(change.session, source, [row], now)
        before = _figures_before(change.session, result, typed.starts_at)
        change.log_once(f"figures:{typed.key}", "figures_typed", queue=name.queue, starts_at=typed.starts_at)
    at = clock_time(datetime.fromtimestamp(typed.starts_at, UTC))
    return wording.interval_kept(queue_name(name.label), at, _kept_figures(Figures(*figures), before))


def _figures_before(session: Session, result: Result, starts_at: int) -> Figures:
    """The interval's figures that were on record before this import."""
    rows = interval_tables.rows_between(session, result.queues.values(), (starts_at, starts_at + 1))
    intervals = merged(row for row in rows if row[2] != result.import_id)
    return next((interval.figures for interval in intervals), Figures())


def _kept_figures(figures: Figures, before: Figures) -> list[str]:
    """Each figure as it was understood, and what it replaces, so that a slip in typing is seen at once."""
    kept = []
    for name, label, _ in forms.FIELDS:
        amount, amount_before = getattr(figures, name), getattr(before, name)
        if amount is not None:
            is_changed = amount_before is not None and amount_before != amount
            was = f" (was {_amount_text(Meaning(name), amount_before)})" if is_changed else ""
            kept.append(f"{label.lower()} {_amount_text(Meaning(name), amount)}{was}")
    return kept


def _amount_text(meaning: Meaning, amount: float) -> str:
    return length(amount) if meaning in LENGTHS else number(amount, decimals=0 if amount.is_integer() else 1)


def _queue_name(change: Change, queue: int | str) -> QueueName:
    """The chosen queue, or the known one with the typed name; not one of other places than the incident's."""
    if isinstance(queue, int):
        queues = tables.queues(change.session, [queue])
        if not queues:
            raise NoQueueChosen()
        return queues[0].key
    name = " ".join(queue.split())[:100]
    own_ids = {each.id for each in queues_of(change.session, change.services, change.incident, change.now)}
    known_queues = [
        row
        for row in tables.queues(change.session)
        if name.casefold() in (row.name.casefold(), row.label.casefold())
        and (row.number in own_ids or row.label == row.name)
    ]
    return known_queues[0].key if len(known_queues) == 1 else QueueName(name)


def read_typed(typed: Mapping[str, str]) -> tuple[float | None, ...]:
    """Parse the typed figures; decimals with a point or a comma. The error names every wrong field."""
    amounts: dict[str, float | None] = {}
    unreadable: dict[str, NotReadable] = {}
    for name, text in typed.items():
        try:
            amounts[name] = _read_figure(Meaning(name), text)
        except NotReadable as reason:
            unreadable[name] = reason
    if unreadable:
        raise FiguresNotReadable(unreadable)
    if all(amount is None for amount in amounts.values()):
        raise NothingTyped()
    figures = Figures(**amounts)
    if figures.answered is not None and (figures.answered_in or 0) > figures.answered:
        raise MoreInTime()
    return tuple(figures)


def _read_figure(meaning: Meaning, text: str) -> float | None:
    if meaning in LENGTHS:
        return read_length(text, _decimal_of(text))
    number_text = ungrouped(text)
    amount = read_number(number_text, _decimal_of(number_text))
    if meaning in COUNTS and amount is not None and not amount.is_integer():
        raise NotReadable(wording.NOT_WHOLE.format(typed=text.strip()))
    return amount


def _decimal_of(text: str) -> str:
    return "," if text.count(",") == 1 and "." not in text else "."
