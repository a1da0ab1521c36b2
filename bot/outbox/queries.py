"""Queries on rows: which exist, which are shown, which are due."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.outbox.tables import OF_INCIDENT, UNSETTLED, OutboxRow
from bot.runtime.database import UtcDateTime


def has_key_beginning(session: Session, key_begins: str) -> bool:
    """True if any row has a key with this prefix."""
    keys = select(OutboxRow.id).where(col(OutboxRow.key).startswith(key_begins, autoescape=True))
    return session.exec(keys.limit(1)).first() is not None


def posts_of(session: Session, incident_id: int, key_begins: str, key_ends: str) -> Sequence[OutboxRow]:
    """An incident's posts with such keys that are in Slack or may still get there."""
    return session.exec(
        select(OutboxRow)
        .where(
            OutboxRow.incident_id == incident_id,
            col(OutboxRow.key).startswith(key_begins, autoescape=True),
            col(OutboxRow.key).endswith(key_ends, autoescape=True),
            sa.or_(sa.text(UNSETTLED), col(OutboxRow.ts).is_not(None)),
        )
        .order_by(col(OutboxRow.id))
    ).all()


_OF_SUBJECT = OutboxRow.subject == sa.bindparam("subject")


def _query_of_kind(incident_condition: sa.ColumnElement[bool]) -> SelectOfScalar[OutboxRow]:
    query = select(OutboxRow).where(incident_condition, OutboxRow.kind == sa.bindparam("kind"))
    return query.order_by(col(OutboxRow.id)).execution_options(populate_existing=True)


# Built once, because every delivery of an update runs them.
_ROWS_OF_KIND = _query_of_kind(OF_INCIDENT)
_ROWS_OF_KIND_AND_SUBJECT = _ROWS_OF_KIND.where(_OF_SUBJECT)


def named(session: Session, incident_id: int | None, kind: str, subject: str | None = None) -> Sequence[OutboxRow]:
    """The rows of this kind of an incident, or of none, in order; optionally those of one subject only."""
    if incident_id is None:
        rows = _query_of_kind(col(OutboxRow.incident_id).is_(None))
        rows = rows if subject is None else rows.where(_OF_SUBJECT)
    else:
        rows = _ROWS_OF_KIND if subject is None else _ROWS_OF_KIND_AND_SUBJECT
    return session.exec(rows, params={"of_incident": incident_id, "kind": kind, "subject": subject}).all()


_ALL = select(OutboxRow).where(OF_INCIDENT, col(OutboxRow.is_rendered).is_(True)).order_by(col(OutboxRow.id))


def of_incident(session: Session, incident_id: int) -> Sequence[OutboxRow]:
    """All rows that are rendered from an incident."""
    return session.exec(_ALL, params={"of_incident": incident_id}).all()


_PARTS = select(OutboxRow).where(OutboxRow.batch_id == sa.bindparam("batch")).order_by(col(OutboxRow.id))


def parts_of(session: Session, batch_id: int) -> Sequence[OutboxRow]:
    """The parts of a batch, including those that were withdrawn before it was sent."""
    return session.exec(_PARTS, params={"batch": batch_id}).all()


_ROW_OF_SUBJECT = select(OutboxRow).where(
    OF_INCIDENT,
    col(OutboxRow.is_rendered).is_(True),
    OutboxRow.kind == sa.bindparam("kind"),
    OutboxRow.subject == sa.bindparam("subject"),
)


def by_key(session: Session, key: str) -> OutboxRow | None:
    return session.exec(select(OutboxRow).where(OutboxRow.key == key)).first()


def find(session: Session, incident_id: int, kind: str, subject: str = "") -> OutboxRow | None:
    parameters = {"of_incident": incident_id, "kind": kind, "subject": subject}
    return session.exec(_ROW_OF_SUBJECT, params=parameters).first()


def at(session: Session, kind: str, channel_id: str, ts: str) -> OutboxRow | None:
    """The row of this kind that this message shows."""
    return session.exec(
        select(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.channel_id == channel_id, OutboxRow.ts == ts)
    ).first()


def is_shown_by(session: Session, channel_id: str, ts: str) -> bool:
    """True if this message shows a row."""
    query = select(OutboxRow.id).where(OutboxRow.channel_id == channel_id, OutboxRow.ts == ts)
    return session.exec(query.limit(1)).first() is not None


NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
FREE = (
    sa.text(UNSETTLED),
    col(OutboxRow.batch_id).is_(None),
    col(OutboxRow.retry_at) <= NOW,
    sa.or_(col(OutboxRow.leased_until).is_(None), col(OutboxRow.leased_until) <= NOW),
)


class Failing(Struct, frozen=True):
    """Rows of a kind that fail for one reason: how many there are, and one of their incidents."""

    kind: str
    error: str
    count: int
    incident_id: int | None


def failing(session: Session, failures: int) -> list[Failing]:
    """Undelivered rows that have failed at least `failures` times in a row, counted by kind and reason."""
    reason = sa.func.coalesce(col(OutboxRow.error), "")
    failures_by_reason = (
        sa.select(col(OutboxRow.kind), reason, sa.func.count(), sa.func.min(col(OutboxRow.incident_id)))
        .where(sa.text(UNSETTLED), col(OutboxRow.attempts) >= failures)
        .group_by(col(OutboxRow.kind), reason)
    )
    return [Failing(*row) for row in session.connection().execute(failures_by_reason)]


# Built once, because it runs every second.
_INCIDENT_ID = sa.case((col(OutboxRow.is_rendered).is_(True), col(OutboxRow.incident_id)), else_=None)
_DUE = sa.select(_INCIDENT_ID).where(*FREE).distinct().limit(100)


def due(session: Session, now: datetime) -> set[int | None]:
    """Some of the incidents with rows due now, plus None if other rows are due."""
    return set(session.connection().execute(_DUE, {"now": now}).scalars())
