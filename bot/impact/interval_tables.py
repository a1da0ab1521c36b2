"""Figures of queues by interval; every query on them.

Rows are only added. An import's rows count once it is visible; if several imports have an interval, each figure
comes from the last one that has it. So one short transaction can show or correct a million rows.
"""

from collections.abc import Collection, Sequence
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.impact import tables
from bot.impact.reading.rows import ReadRow
from bot.impact.rules.figures import NAMES
from bot.impact.rules.intervals import QueueInterval
from bot.impact.rules.lengths import merged
from bot.impact.tables import Import, Queue
from bot.incidents.tables import Incident
from bot.runtime.database import Row

# Start and end, in seconds since 1970.
Span = tuple[int, int]
LONGEST_INTERVAL_S = 3600
# With all columns, well within a statement's parameter limit.
ROWS_OF_A_STATEMENT = 100
_KEYS = ("queue_id", "starts_at", "import_id", "interval_s")


class IntervalFigures(Row, table=True):
    """A queue's figures for one interval, from one import. `starts_at` is seconds since 1970, UTC."""

    __tablename__ = "interval_figures"
    # Looked up by queue and time only: SQLite stores the rows in key order, with no second copy of the key. There
    # are no foreign keys: each of a million rows would have to check two of them.
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


def insert_rows(session: Session, import_id: int, queue_ids: Sequence[int], rows: Sequence[ReadRow]) -> None:
    """Insert rows, each with the number of its queue. Bypasses the ORM: a million rows should not become objects.

    Rows are inserted in primary-key order, so that neighbours are written together. Columns without any known value
    are left to the database: binding NULL takes longer than binding a number. Each statement inserts many rows;
    between statements, other threads of the process get their turn.
    """
    _, _, starts, lengths, figures = zip(*rows, strict=True)
    columns = [
        (name, amounts)
        for name, amounts in zip(NAMES, zip(*figures, strict=True), strict=True)
        if amounts.count(None) < len(amounts)
    ]
    names = [*_KEYS, *(name for name, _ in columns)]
    values = zip(queue_ids, starts, repeat(import_id), lengths, *(amounts for _, amounts in columns), strict=False)
    ordered, connection = iter(sorted(values, key=itemgetter(0, 1))), session.connection()
    placeholder = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    row_placeholder = f"({', '.join([placeholder] * len(names))})"
    while chunk := tuple(islice(ordered, ROWS_OF_A_STATEMENT)):
        chunk_placeholders = ", ".join([row_placeholder] * len(chunk))
        statement = f"INSERT INTO interval_figures ({', '.join(names)}) VALUES {chunk_placeholders}"  # noqa: S608 - names of ours
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(chunk)))


def keys_of(
    session: Session, import_id: int, queue_ids: Collection[int], rows: Sequence[ReadRow]
) -> set[tuple[int, int]]:
    """Queue and start of the rows that an import already has in the time range of these rows."""
    result = session.exec(
        select(IntervalFigures.queue_id, IntervalFigures.starts_at).where(
            IntervalFigures.import_id == import_id,
            col(IntervalFigures.queue_id).in_(set(queue_ids)),
            col(IntervalFigures.starts_at) >= min(row.starts_at for row in rows),
            col(IntervalFigures.starts_at) <= max(row.starts_at for row in rows),
        )
    )
    return set(result.all())


def queues_between(
    session: Session, start: int, end: int, incident_id: int | None = None, *, reader: int | None = None
) -> Sequence[int]:
    """The queues with any visible figures in that time; with `incident_id`, none that came for another incident.

    Queues whose figures came only for private incidents are not shown, except to the incident that is the `reader`:
    their names are words of those incidents.
    """
    came_for = col(Import.incident_id)
    is_private = sa.exists().where(col(Incident.id) == came_for, col(Incident.is_private).is_(True))
    own_ids = [number for number in (incident_id, reader) if number is not None]
    has_rows = sa.exists().where(
        sa.or_(came_for.is_(None), came_for.in_(own_ids), ~is_private),
        *([sa.or_(came_for.is_(None), came_for == incident_id)] if incident_id is not None else []),
        col(IntervalFigures.queue_id) == col(Queue.id),
        col(IntervalFigures.starts_at) >= start,
        col(IntervalFigures.starts_at) < end,
        col(IntervalFigures.import_id) == col(Import.id),
        col(Import.visible_at).is_not(None),
    )
    return [number for number in session.exec(select(Queue.id).where(has_rows)) if number is not None]


_ROW = tuple(getattr(IntervalFigures, name) for name in (*_KEYS, *NAMES))


def rows_between(session: Session, numbers: Collection[int], span: Span) -> Sequence[Sequence[Any]]:
    """Visible rows of these queues in that time, by queue and time, the latest import last."""
    result = session.connection().execute(_visible_rows(_ROW, numbers, [span]).order_by(*_last_import_last()))
    return result.all()


def offered_before(
    session: Session, numbers: Collection[int], spans: Sequence[Span], other_windows: Sequence[Span]
) -> Sequence[Sequence[Any]]:
    """Queue, start, length and contacts in these spans, without the intervals during another incident.

    Ordered by queue and time, the latest import last.
    """
    offered = col(IntervalFigures.offered)
    columns = (IntervalFigures.queue_id, IntervalFigures.starts_at, IntervalFigures.interval_s, offered)
    query = _visible_rows(columns, numbers, spans).where(offered.is_not(None), *_outside_windows(other_windows))
    return session.connection().execute(query.order_by(*_last_import_last())).all()


def sums_before(
    session: Session, numbers: Collection[int], spans: Sequence[Span], other_windows: Sequence[Span]
) -> Sequence[Sequence[Any]]:
    """Each queue with the sums that tell what is usual in these spans: abandoned and offered, waiting and answered,
    handling and answered, each where both are known."""
    offered, answered = col(IntervalFigures.offered), col(IntervalFigures.answered)
    pairs = (
        (col(IntervalFigures.abandoned), offered),
        (col(IntervalFigures.asa_s) * answered, answered),
        (col(IntervalFigures.aht_s) * answered, answered),
    )
    sums: list[Any] = [
        sa.func.sum(sa.case((sa.and_(part.is_not(None), whole.is_not(None)), term)))
        for part, whole in pairs
        for term in (part, whole)
    ]
    queue_id = col(IntervalFigures.queue_id)
    query = (
        _visible_rows((queue_id, *sums), numbers, spans).where(*_outside_windows(other_windows)).group_by(queue_id)
    )
    return session.connection().execute(query).all()


def _visible_rows(columns: Sequence[Any], numbers: Collection[int], spans: Sequence[Span]) -> sa.Select[Any]:
    """Visible rows of these queues in any of these spans. The spans are joined as rows, each found by the key:
    conditions joined by OR would scan every row that a queue ever had."""
    spans_table = sa.union_all(
        *(
            sa.select(sa.literal(start).label("start"), sa.literal(end).label("end"))
            for start, end in _merge_overlaps(spans)
        )
    ).subquery("spans")
    starts_at = col(IntervalFigures.starts_at)
    return (
        sa.select(*columns)
        .select_from(spans_table)
        .join(IntervalFigures, sa.and_(starts_at >= spans_table.c.start, starts_at < spans_table.c.end))
        .join(Import, col(Import.id) == col(IntervalFigures.import_id))
        .where(col(IntervalFigures.queue_id).in_(numbers), col(Import.visible_at).is_not(None))
    )


def _merge_overlaps(spans: Sequence[Span]) -> list[Span]:
    """Merge overlapping spans, so that no row is in two of them."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _outside_windows(other_windows: Sequence[Span]) -> list[Any]:
    starts_at = col(IntervalFigures.starts_at)
    return [
        sa.not_(sa.and_(starts_at > start - LONGEST_INTERVAL_S, starts_at < end)) for start, end in other_windows
    ]


def _last_import_last() -> Sequence[Any]:
    key = (col(IntervalFigures.queue_id), col(IntervalFigures.starts_at))
    return (*key, col(Import.visible_at), col(IntervalFigures.import_id))


def delete_rows(session: Session, import_id: int, queue_id: int) -> None:
    """Delete a queue's rows of an import that never became visible."""
    conditions = (col(IntervalFigures.queue_id) == queue_id, col(IntervalFigures.import_id) == import_id)
    session.connection().execute(sa.delete(IntervalFigures).where(*conditions))


def intervals_between(session: Session, numbers: Collection[int], span: Span) -> list[QueueInterval]:
    """The intervals of these queues in that time, by queue, in order."""
    rows = rows_between(session, numbers, span)
    visible_at = tables.visible_times(session, {row[2] for row in rows})
    return [interval.reported(visible_at) for interval in merged(rows, visible_at=visible_at)]
