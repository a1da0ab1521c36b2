"""Queues, and the imports that brought their figures; every query on them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.impact.reading.rows import QueueName
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, Row, due_rows, insert_all_new, next_due, partial_index, utc_column

# The source of figures that a person typed into the form.
TYPED = "form"


class Queue(Numbered, table=True):
    """A queue as files name it; the same name with another site, partner, language or channel is another queue."""

    __tablename__ = "figure_queues"
    __table_args__ = (sa.UniqueConstraint("name", "site", "partner", "language", "channel"),)

    name: str
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""

    @property
    def key(self) -> QueueName:
        """The name with everything that distinguishes it."""
        return QueueName(self.name, self.site, self.partner, self.language, self.channel)

    @property
    def label(self) -> str:
        """The name that distinguishes it from other queues."""
        return self.key.label


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
    # When rows were last written; if that is long ago, another process may take over.
    touched_at: datetime = Field(sa_column=utc_column(nullable=False))
    visible_at: datetime | None = Field(default=None, sa_column=utc_column())
    # Set until the figures have been checked against open incidents.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())


class ImportQueue(Row, table=True):
    """A queue with figures in an import."""

    __tablename__ = "figure_import_queues"

    import_id: int = Field(foreign_key="figure_imports.id", primary_key=True)
    queue_id: int = Field(foreign_key="figure_queues.id", primary_key=True)


def queue_ids(session: Session, names: Collection[QueueName]) -> dict[QueueName, int]:
    """The numbers of these queues; new ones are inserted."""
    insert_all_new(session, [_queue(name) for name in names])
    rows = session.exec(select(Queue).where(col(Queue.name).in_({name.queue for name in names})))
    numbers = {row.key: row.number for row in rows}
    return {name: numbers[name] for name in names}


def _queue(name: QueueName) -> Queue:
    return Queue(
        name=name.queue, site=name.site, partner=name.partner, language=name.language, channel=name.channel
    )


def queues(session: Session, numbers: Collection[int] | None = None) -> Sequence[Queue]:
    """All queues, or those with these numbers, by name."""
    query = select(Queue).order_by(col(Queue.name), col(Queue.site), col(Queue.id))
    if numbers is not None:
        query = query.where(col(Queue.id).in_(numbers))
    return session.exec(query).all()


def namesakes(session: Session, names: Collection[QueueName]) -> list[tuple[str, str]]:
    """Pairs of labels: a queue that is not known yet, and a known one with its name."""
    known = queues(session)
    keys, labels = {row.key for row in known}, {row.name.casefold(): row.label for row in known}
    new_names = sorted(name for name in names if name not in keys)
    return [(name.label, labels[name.queue.casefold()]) for name in new_names if name.queue.casefold() in labels]


def windows_of_others(session: Session, number: int, start: int, end: int) -> Sequence[tuple[int, int]]:
    """When other incidents of S0 to S2, drills aside, were open in that time: contacts then were not usual.

    An incident that is still open counts until `end`.
    """
    after, before = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    end_column = sa.func.coalesce(col(Incident.resolved_at), col(Incident.closed_at))
    rows = session.exec(
        select(Incident.declared_at, end_column).where(
            col(Incident.id) != number,
            col(Incident.is_drill).is_(False),
            col(Incident.severity).in_(("S0", "S1", "S2")),
            col(Incident.declared_at) < before,
            sa.or_(end_column.is_(None), end_column > after),
        )
    )
    return [
        (int(declared_at.timestamp()), int(ended_at.timestamp()) if ended_at else end)
        for declared_at, ended_at in rows
    ]


def last_import(session: Session) -> Import | None:
    """The import that became visible last."""
    query = select(Import).where(col(Import.visible_at).is_not(None))
    return session.exec(query.order_by(col(Import.visible_at).desc(), col(Import.id).desc()).limit(1)).first()


def imports(session: Session, numbers: Collection[int]) -> Sequence[Import]:
    return session.exec(select(Import).where(col(Import.id).in_(numbers))).all()


def visible_times(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """When each of these imports became visible, in seconds since 1970."""
    rows = session.exec(select(Import.id, Import.visible_at).where(col(Import.id).in_(numbers)))
    return {number: int(at.timestamp()) for number, at in rows if number is not None and at is not None}


def imports_of_person(session: Session, by: str, numbers: Collection[int]) -> set[int]:
    """The imports among these that the person made."""
    import_ids = session.exec(select(Import.id).where(Import.by == by, col(Import.id).in_(numbers)))
    return {number for number in import_ids if number is not None}


# When new figures are to be checked next.
NEXT_CHECK = next_due(col(Import.due_at))


def due_imports(session: Session, now: datetime) -> Sequence[Import]:
    """Imports whose figures have not been checked yet."""
    return due_rows(session, Import, col(Import.due_at), now)


def mark_checked(session: Session, numbers: Collection[int], now: datetime) -> None:
    """Mark these imports as checked, except those that became due again after `now`."""
    conditions = (col(Import.id).in_(numbers), col(Import.due_at) <= now)
    session.connection().execute(sa.update(Import).where(*conditions).values(due_at=None))


def recheck_last_import(session: Session, now: datetime, since: datetime) -> None:
    """Make the last import due again, unless it is older than `since`."""
    last_id = sa.select(sa.func.max(col(Import.id))).where(col(Import.visible_at) >= since).scalar_subquery()
    session.connection().execute(sa.update(Import).where(col(Import.id) == last_id).values(due_at=now))


def set_touched(session: Session, import_id: int, now: datetime) -> None:
    """Record that rows of this import are being written."""
    session.connection().execute(sa.update(Import).where(col(Import.id) == import_id).values(touched_at=now))


def import_of_key(session: Session, key: str) -> Import | None:
    """The import with that key, if there is one, with its row locked."""
    return session.exec(select(Import).where(Import.key == key).with_for_update()).first()


def queues_of_incident(session: Session, incident_id: int) -> tuple[set[int], set[int]]:
    """The queues with figures in files imported for that incident, and those with figures typed for it."""
    conditions = (Import.incident_id == incident_id, col(Import.visible_at).is_not(None))
    query = select(ImportQueue.queue_id, Import.source).join(Import, col(Import.id) == col(ImportQueue.import_id))
    rows = session.exec(query.where(*conditions).distinct()).all()
    typed = {queue_id for queue_id, source in rows if source == TYPED}
    return {queue_id for queue_id, source in rows if source != TYPED}, typed


def add_import_queues(session: Session, import_id: int, numbers: Iterable[int]) -> None:
    """Record that an import holds figures of these queues."""
    insert_all_new(session, [ImportQueue(import_id=import_id, queue_id=queue_id) for queue_id in numbers])


def queues_of_import(session: Session, import_id: int) -> Sequence[int]:
    """The queues with figures in an import."""
    return session.exec(select(ImportQueue.queue_id).where(ImportQueue.import_id == import_id)).all()
