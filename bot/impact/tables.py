"""Queues, their figures by interval, and the imports that brought them; every query on them.

Rows are only added. An import's rows count once it is visible; of several imports of an interval the last one that
knows a figure says it. That is how a million rows become visible, or are corrected, in one short transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, insert_new, partial_index, utc_column


class Queue(Numbered, table=True):
    """A queue as files call it; the same name elsewhere is another queue."""

    __tablename__ = "figure_queues"
    __table_args__ = (sa.UniqueConstraint("name", "site", "partner", "language", "channel"),)

    name: str
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""

    @property
    def label(self) -> str:
        """How people tell it from the others."""
        return " · ".join(
            part for part in (self.name, self.site, self.partner, self.language, self.channel) if part
        )


class Import(Numbered, table=True):
    """Where figures came from: a file, a form, a request. Its rows count once `visible_at` is set."""

    __tablename__ = "figure_imports"
    __table_args__ = (
        sa.Index("ix_figure_imports_incident", "incident_id"),
        partial_index("ix_figure_imports_due", "due_at", where="due_at IS NOT NULL"),
    )

    # The same content read in the same way is the same import.
    key: str = Field(unique=True)
    source: str
    by: str = ""
    incident_id: int | None = Field(default=None, foreign_key="incidents.id")
    rows: int = 0
    left_out: int = 0
    # While rows are being written, when that was last; another process may go on when it is long ago.
    touched_at: datetime = Field(sa_column=utc_column(nullable=False))
    visible_at: datetime | None = Field(default=None, sa_column=utc_column())
    # While it is set, what the figures mean for open incidents is still to be looked at.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())


class IntervalFigures(SQLModel, table=True):
    """A queue's figures of one interval, as one import has them. `starts_at` is seconds since 1970, UTC."""

    __tablename__ = "interval_figures"
    # Found by queue and time alone: SQLite keeps the rows in that order, with no second copy of the key. There are
    # no foreign keys: each of a million rows would look up two of them.
    __table_args__ = ({"sqlite_with_rowid": False},)

    queue_id: int = Field(primary_key=True)
    starts_at: int = Field(sa_column=sa.Column(sa.BigInteger(), primary_key=True))
    import_id: int = Field(primary_key=True)
    interval_s: int
    offered: float | None = None
    answered: float | None = None
    answered_in: float | None = None
    abandoned: float | None = None
    abandoned_in: float | None = None
    removed_in: float | None = None
    aht_s: float | None = None
    asa_s: float | None = None
    abandon_wait_s: float | None = None
    agents: float | None = None
    agents_scheduled: float | None = None
    agents_available: float | None = None
    oldest_s: float | None = None
    imported_service_level: float | None = None
    forecast_offered: float | None = None
    forecast_aht_s: float | None = None
    forecast_agents: float | None = None


class ImportQueue(SQLModel, table=True):
    """A queue of which an import holds figures."""

    __tablename__ = "figure_import_queues"

    import_id: int = Field(foreign_key="figure_imports.id", primary_key=True)
    queue_id: int = Field(foreign_key="figure_queues.id", primary_key=True)


# Beginning and end, in seconds since 1970.
Span = tuple[int, int]
LONGEST_INTERVAL_S = 3600
_COLUMNS = ("queue_id", "starts_at", "import_id", "interval_s", *NAMES)


def insert_rows(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows, values in the order of the table's columns. Past the mapper: a million rows are not objects.

    They are written in the order of the table's key: those that belong beside each other one after another.
    """
    place = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    places = ", ".join([place] * len(_COLUMNS))
    statement = f"INSERT INTO interval_figures ({', '.join(_COLUMNS)}) VALUES ({places})"  # noqa: S608 - names of ours
    session.connection().exec_driver_sql(statement, sorted(rows, key=itemgetter(0, 1)))


def values(row: ReadRow, queue_id: int, import_id: int) -> tuple[Any, ...]:
    """A row of a file as a row of the table."""
    return (queue_id, row.starts_at, import_id, row.interval_s, *row.figures)


def keys_of(session: Session, import_id: int, rows: Sequence[tuple[Any, ...]]) -> set[tuple[int, int]]:
    """Queue and start of what an import has already, among and around these rows."""
    found = session.exec(
        select(IntervalFigures.queue_id, IntervalFigures.starts_at).where(
            IntervalFigures.import_id == import_id,
            col(IntervalFigures.queue_id).in_({row[0] for row in rows}),
            col(IntervalFigures.starts_at) >= min(row[1] for row in rows),
            col(IntervalFigures.starts_at) <= max(row[1] for row in rows),
        )
    )
    return set(found.all())


def queue_ids(session: Session, names: Iterable[QueueName]) -> dict[QueueName, int]:
    """The numbers of these queues; new ones are written."""
    numbers: dict[QueueName, int] = {}
    for name in names:
        parts: dict[str, Any] = _parts(name)
        insert_new(session, Queue(name=name.queue, **parts))
        numbers[name] = session.exec(select(Queue).where(*_is(name))).one().number
    return numbers


def _parts(name: QueueName) -> dict[str, str]:
    return {"site": name.site, "partner": name.partner, "language": name.language, "channel": name.channel}


def _is(name: QueueName) -> list[Any]:
    return [Queue.name == name.queue, *(getattr(Queue, part) == text for part, text in _parts(name).items())]


def queues(session: Session, numbers: Collection[int] | None = None) -> Sequence[Queue]:
    """All queues, or those of these numbers, by name."""
    chosen = select(Queue).order_by(col(Queue.name), col(Queue.site), col(Queue.id))
    if numbers is not None:
        chosen = chosen.where(col(Queue.id).in_(numbers))
    return session.exec(chosen).all()


def queues_between(session: Session, start: int, end: int) -> Sequence[int]:
    """The queues of which anything is known in that time."""
    has_rows = sa.exists().where(
        col(IntervalFigures.queue_id) == col(Queue.id),
        col(IntervalFigures.starts_at) >= start,
        col(IntervalFigures.starts_at) < end,
        col(IntervalFigures.import_id) == col(Import.id),
        col(Import.visible_at).is_not(None),
    )
    return [number for number in session.exec(select(Queue.id).where(has_rows)) if number is not None]


_ROW = tuple(getattr(IntervalFigures, name) for name in _COLUMNS)


def rows_between(session: Session, numbers: Collection[int], spans: Sequence[Span]) -> Sequence[Sequence[Any]]:
    """Visible rows of these queues in any of these spans of time, by queue and time, the last import last."""
    return _visible(session, _ROW, numbers, spans)


def offered_before(
    session: Session, numbers: Collection[int], spans: Sequence[Span], others: Sequence[Span]
) -> Sequence[Sequence[Any]]:
    """Queue, start and contacts of these spans of time, without what began while another incident was open."""
    columns = (IntervalFigures.queue_id, IntervalFigures.starts_at, IntervalFigures.offered)
    known = [col(IntervalFigures.offered).is_not(None), *_outside(others)]
    return _visible(session, columns, numbers, spans, *known)


def sums_before(
    session: Session, numbers: Collection[int], spans: Sequence[Span], others: Sequence[Span]
) -> Sequence[Sequence[Any]]:
    """Queue, and what of these spans says what is usual: abandoned and offered, waiting and answered, handling and
    answered, each where both are known."""
    offered, answered = col(IntervalFigures.offered), col(IntervalFigures.answered)
    pairs = (
        (col(IntervalFigures.abandoned), offered),
        (col(IntervalFigures.asa_s) * answered, answered),
        (col(IntervalFigures.aht_s) * answered, answered),
    )
    sums: list[Any] = [
        sa.func.sum(sa.case((sa.and_(part.is_not(None), whole.is_not(None)), each)))
        for part, whole in pairs
        for each in (part, whole)
    ]
    found = session.connection().execute(
        sa.select(col(IntervalFigures.queue_id), *sums)
        .join(Import, col(Import.id) == col(IntervalFigures.import_id))
        .where(*_within(numbers, spans), *_outside(others))
        .group_by(col(IntervalFigures.queue_id))
    )
    return found.all()


def _within(numbers: Collection[int], spans: Sequence[Span]) -> list[Any]:
    starts_at = col(IntervalFigures.starts_at)
    within = [sa.and_(starts_at >= start, starts_at < end) for start, end in spans]
    return [col(IntervalFigures.queue_id).in_(numbers), sa.or_(*within), col(Import.visible_at).is_not(None)]


def _outside(others: Sequence[Span]) -> list[Any]:
    starts_at = col(IntervalFigures.starts_at)
    return [sa.not_(sa.and_(starts_at > start - LONGEST_INTERVAL_S, starts_at < end)) for start, end in others]


def _visible(
    session: Session, columns: Sequence[Any], numbers: Collection[int], spans: Sequence[Span], *conditions: Any
) -> Sequence[Sequence[Any]]:
    """By queue and time, the last import last."""
    found = session.connection().execute(
        sa.select(*columns)
        .join(Import, col(Import.id) == col(IntervalFigures.import_id))
        .where(*_within(numbers, spans), *conditions)
        .order_by(
            col(IntervalFigures.queue_id),
            col(IntervalFigures.starts_at),
            col(Import.visible_at),
            col(IntervalFigures.import_id),
        )
    )
    return found.all()


def windows_of_others(session: Session, number: int, start: int, end: int) -> Sequence[tuple[int, int]]:
    """When other incidents that were no drills were open in that time: what came then was not usual."""
    after, before = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    ended = sa.func.coalesce(col(Incident.resolved_at), col(Incident.closed_at))
    found = session.exec(
        select(Incident.declared_at, ended).where(
            col(Incident.id) != number,
            col(Incident.is_drill).is_(False),
            col(Incident.severity).in_(("S0", "S1", "S2")),
            col(Incident.declared_at) < before,
            ended > after,
        )
    )
    return [(int(began.timestamp()), int(over.timestamp())) for began, over in found if over]


def last_import_at(session: Session) -> datetime | None:
    """When figures became visible last."""
    return session.exec(select(sa.func.max(col(Import.visible_at)))).one()


def imports_of_person(session: Session, by: str, numbers: Collection[int]) -> set[int]:
    """Which of these imports somebody made."""
    found = session.exec(select(Import.id).where(Import.by == by, col(Import.id).in_(numbers)))
    return {number for number in found if number is not None}


# When figures that came are looked at.
NEXT_LOOK = sa.select(sa.func.min(col(Import.due_at))).where(col(Import.due_at).is_not(None))


def due_imports(session: Session, now: datetime, limit: int = 100) -> Sequence[Import]:
    """Imports whose figures were not looked at yet."""
    return session.exec(
        select(Import)
        .where(col(Import.due_at).is_not(None), col(Import.due_at) <= now)
        .order_by(col(Import.due_at))
        .limit(limit)
    ).all()


def set_looked_at(session: Session, numbers: Collection[int], now: datetime) -> None:
    """What these imports mean was looked at, as things were at that moment."""
    theirs = (col(Import.id).in_(numbers), col(Import.due_at) <= now)
    session.connection().execute(sa.update(Import).where(*theirs).values(due_at=None))


def look_at_last_again(session: Session, now: datetime, since: datetime) -> None:
    """The last import, if it is not older than that, is looked at once more."""
    last = sa.select(sa.func.max(col(Import.id))).where(col(Import.visible_at) >= since).scalar_subquery()
    session.connection().execute(sa.update(Import).where(col(Import.id) == last).values(due_at=now))


def import_of_key(session: Session, key: str) -> Import | None:
    """The import of that content, if there was one."""
    return session.exec(select(Import).where(Import.key == key).with_for_update()).first()


def queues_of_incident(session: Session, incident_id: int) -> Sequence[int]:
    """The queues whose figures were brought for that incident."""
    its = (Import.incident_id == incident_id, col(Import.visible_at).is_not(None))
    found = select(ImportQueue.queue_id).join(Import, col(Import.id) == col(ImportQueue.import_id)).where(*its)
    return session.exec(found.distinct()).all()


def add_import_queues(session: Session, import_id: int, numbers: Iterable[int]) -> None:
    """An import holds figures of these queues."""
    for queue_id in numbers:
        insert_new(session, ImportQueue(import_id=import_id, queue_id=queue_id))


def queues_of_import(session: Session, import_id: int) -> Sequence[int]:
    """The queues of which an import holds figures."""
    return session.exec(select(ImportQueue.queue_id).where(ImportQueue.import_id == import_id)).all()


def delete_rows(session: Session, import_id: int, queue_id: int) -> None:
    """Take away a queue's rows of an import that never became visible."""
    theirs = (col(IntervalFigures.queue_id) == queue_id, col(IntervalFigures.import_id) == import_id)
    session.connection().execute(sa.delete(IntervalFigures).where(*theirs))
