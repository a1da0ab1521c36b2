"""Leases of outbox rows, and settling what was leased. A lease that has ended is anybody's."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.outbox.tables import _FREE, LEASE, OutboxRow
from bot.runtime.database import UtcDateTime

INCIDENT_AT_ONCE = 24
MESSAGES_AT_ONCE = 4

_TABLE: sa.Table = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
# The outbox does not import incidents, but an incident's rows wait until it has a channel.
_INCIDENTS = sa.table("incidents", sa.column("id"), sa.column("channel_id"))


def _lease(*which: Any, limit: int) -> sa.UpdateBase:
    free = (
        select(OutboxRow.id)
        .where(*_FREE, *which, col(OutboxRow.id).not_in(sa.bindparam("in_hand", expanding=True)))
        .order_by(col(OutboxRow.priority), col(OutboxRow.retry_at), col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    now = sa.bindparam("now", type_=UtcDateTime())
    return (
        sa.update(_TABLE)
        .where(_TABLE.c.id.in_(sa.select(free.c.id)))
        .values(
            leased_until=sa.bindparam("until", type_=UtcDateTime()),
            leased_by=sa.bindparam("owner"),
            attempted_at=sa.func.coalesce(_TABLE.c.attempted_at, now),
        )
        .returning(*_TABLE.c)
    )


def _is_first_of_lane() -> Any:
    earlier = aliased(OutboxRow)
    is_waiting = sa.and_(col(earlier.wanted) > col(earlier.shown), col(earlier.refused).is_(None))
    before = select(earlier.id).where(
        earlier.lane == OutboxRow.lane, col(earlier.id) < col(OutboxRow.id), is_waiting
    )
    return sa.or_(col(OutboxRow.lane).is_(None), ~before.exists())


# Asked at every redraw: put together once.
_OF_INCIDENT = _lease(
    col(OutboxRow.incident_id) == sa.bindparam("of_incident"),
    col(OutboxRow.is_rendered).is_(True),
    sa.exists().where(_INCIDENTS.c.id == sa.bindparam("of_incident"), _INCIDENTS.c.channel_id.is_not(None)),
    limit=INCIDENT_AT_ONCE,
)
_MESSAGES = _lease(col(OutboxRow.is_rendered).is_(False), _is_first_of_lane(), limit=MESSAGES_AT_ONCE)


def of_incident(
    session: Session, incident_id: int, owner: str, now: datetime, in_hand: Collection[int] = ()
) -> list[OutboxRow]:
    """Lease what is to be rendered of an incident that has a channel."""
    return _leased(session, _OF_INCIDENT, owner, now, in_hand, of_incident=incident_id)


def of_messages(session: Session, owner: str, now: datetime, in_hand: Collection[int] = ()) -> list[OutboxRow]:
    """Lease a few of the rows that are not rendered from an incident's state."""
    return _leased(session, _MESSAGES, owner, now, in_hand)


def _leased(
    session: Session, which: sa.UpdateBase, owner: str, now: datetime, in_hand: Collection[int], **facts: Any
) -> list[OutboxRow]:
    given = {"owner": owner, "now": now, "until": now + LEASE, "in_hand": list(in_hand), **facts}
    session.flush()
    found = session.connection().execute(which, given)
    rows = [OutboxRow(**row._mapping) for row in found]
    return sorted(rows, key=lambda row: (row.priority, row.number))


def end(session: Session, owner: str) -> None:
    """A process that has ended holds nothing any more."""
    theirs = sa.update(_TABLE).where(_TABLE.c.leased_by == owner)
    session.connection().execute(theirs.values(leased_by=None, leased_until=None))


def settle(session: Session, outcomes: Sequence[tuple[OutboxRow, Mapping[str, Any]]]) -> dict[int, datetime | None]:
    """Write down what came of leased rows, in one statement. Gives back those whose lease had not ended before:
    each with when it is to be delivered again, None when it is settled.
    """
    if not outcomes:
        return {}
    ids = {row.number: values for row, values in outcomes}
    changed = sorted({name for values in ids.values() for name in values})
    new: dict[str, Any] = {name: _new_value(name, outcomes) for name in changed}
    first = outcomes[0][0]
    in_order = (
        sa.select(_TABLE.c.id)
        .where(
            _TABLE.c.id.in_(list(ids)),
            _TABLE.c.leased_by == first.leased_by,
            _TABLE.c.leased_until == first.leased_until,
        )
        .order_by(_TABLE.c.id)
        .with_for_update()
        .cte("ours")
    )
    written = (
        sa.update(_TABLE)
        .where(_TABLE.c.id.in_(sa.select(in_order.c.id)))
        .values(leased_by=None, leased_until=None, **new)
        .returning(_TABLE.c.id, _TABLE.c.retry_at, _TABLE.c.wanted, _TABLE.c.shown, _TABLE.c.refused)
    )
    session.flush()
    found = session.connection().execute(written)
    return {row.id: row.retry_at if row.wanted > row.shown and row.refused is None else None for row in found}


def _new_value(name: str, outcomes: Sequence[tuple[OutboxRow, Mapping[str, Any]]]) -> Any:
    column = _TABLE.c[name]
    given = [(row, values[name]) for row, values in outcomes if name in values]
    whens = [(_TABLE.c.id == row.number, _unless_changed(column, row, value)) for row, value in given]
    return sa.case(*whens, else_=column)


def _unless_changed(column: sa.Column[Any], row: OutboxRow, value: Any) -> Any:
    new = sa.bindparam(None, value, type_=column.type)
    if column.name == "shown" and value:
        # Given up meanwhile: it stays so.
        return sa.case((column > new, column), else_=new)
    if column.name == "retry_at":
        # Hurried meanwhile: what it waited for is there.
        return sa.case((column != row.retry_at, column), else_=new)
    if column.name == "content_hash":
        # A person changed the message meanwhile: what Slack shows is not known.
        return sa.case((column == row.content_hash, new), else_="")
    return new
