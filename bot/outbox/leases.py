"""Leasing outbox rows and settling them. A row whose lease has expired is free for any process."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.outbox.queries import FREE, NOW
from bot.outbox.tables import LEASE, OutboxRow
from bot.runtime.database import UtcDateTime

INCIDENT_AT_ONCE = 24
MESSAGES_AT_ONCE = 4

_TABLE: sa.Table = OutboxRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
# The outbox does not import incidents, but an incident's rows wait until it has a channel.
_INCIDENTS = sa.table("incidents", sa.column("id"), sa.column("channel_id"))


def _lease(*conditions: Any, limit: int) -> sa.UpdateBase:
    free_rows = (
        select(OutboxRow.id)
        .where(*FREE, *conditions, col(OutboxRow.id).not_in(sa.bindparam("in_hand", expanding=True)))
        .order_by(col(OutboxRow.priority), col(OutboxRow.retry_at), col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    return (
        sa.update(_TABLE)
        .where(_TABLE.c.id.in_(sa.select(free_rows.c.id)))
        .values(
            leased_until=sa.bindparam("until", type_=UtcDateTime()),
            leased_by=sa.bindparam("owner"),
            attempted_at=sa.func.coalesce(_TABLE.c.attempted_at, NOW),
        )
        .returning(_TABLE)
    )


def _is_first_of_lane() -> Any:
    earlier_row = aliased(OutboxRow)
    is_waiting = sa.and_(col(earlier_row.wanted) > col(earlier_row.shown), col(earlier_row.refused).is_(None))
    earlier_waiting_rows = select(earlier_row.id).where(
        earlier_row.lane == OutboxRow.lane, col(earlier_row.id) < col(OutboxRow.id), is_waiting
    )
    return sa.or_(col(OutboxRow.lane).is_(None), ~earlier_waiting_rows.exists())


def _is_first_shown() -> Any:
    """True if something is being shown for the first time; a row put off, such as a digest in a flood, is not."""
    new_row = aliased(OutboxRow)
    of_incident = (col(new_row.incident_id) == sa.bindparam("of_incident"), col(new_row.is_rendered).is_(True))
    is_new = (col(new_row.shown) == 0, col(new_row.refused).is_(None), col(new_row.retry_at) <= NOW)
    return select(new_row.id).where(*of_incident, *is_new).exists()


# Built once, because every redraw runs them.
_RENDERED = (
    col(OutboxRow.incident_id) == sa.bindparam("of_incident"),
    col(OutboxRow.is_rendered).is_(True),
    sa.exists().where(_INCIDENTS.c.id == sa.bindparam("of_incident"), _INCIDENTS.c.channel_id.is_not(None)),
)
_OF_INCIDENT = _lease(*_RENDERED, limit=INCIDENT_AT_ONCE)
_EDITS = _lease(*_RENDERED, ~_is_first_shown(), limit=INCIDENT_AT_ONCE)
_MESSAGES = _lease(col(OutboxRow.is_rendered).is_(False), _is_first_of_lane(), limit=MESSAGES_AT_ONCE)


def of_incident(
    session: Session, incident_id: int, owner: str, now: datetime, in_hand: Collection[int] = ()
) -> list[OutboxRow]:
    """Lease the rows to be rendered from an incident that has a channel."""
    return _leased(session, _OF_INCIDENT, owner, now, in_hand, of_incident=incident_id)


def edits_of_incident(
    session: Session, incident_id: int, owner: str, now: datetime, in_hand: Collection[int] = ()
) -> list[OutboxRow]:
    """Likewise, but lease nothing while a row is new: the first card comes before everything that waits for it."""
    return _leased(session, _EDITS, owner, now, in_hand, of_incident=incident_id)


def of_messages(session: Session, owner: str, now: datetime, in_hand: Collection[int] = ()) -> list[OutboxRow]:
    """Lease a few of the rows that are not rendered from an incident's state."""
    return _leased(session, _MESSAGES, owner, now, in_hand)


def _leased(
    session: Session, statement: sa.UpdateBase, owner: str, now: datetime, in_hand: Collection[int], **facts: Any
) -> list[OutboxRow]:
    parameters = {"owner": owner, "now": now, "until": now + LEASE, "in_hand": list(in_hand), **facts}
    session.flush()
    # Run on the connection, because the session would rebuild an update of mapped rows each time.
    leased_rows = session.connection().execute(statement, parameters).mappings()
    return sorted((OutboxRow(**row) for row in leased_rows), key=lambda row: (row.priority, row.number))


def end(session: Session, owner: str) -> None:
    """End all leases of a process that has ended. A row in use is skipped; it is free when its lease expires."""
    leased_ids = sa.select(_TABLE.c.id).where(_TABLE.c.leased_by == owner).with_for_update(skip_locked=True)
    update = sa.update(_TABLE).where(_TABLE.c.id.in_(leased_ids))
    session.connection().execute(update.values(leased_by=None, leased_until=None))


def settle(session: Session, outcomes: Sequence[tuple[OutboxRow, Mapping[str, Any]]]) -> dict[int, datetime | None]:
    """Record the outcomes of leased rows in one statement. Return those whose lease had not expired, each with the
    time of its next delivery, or None if it is settled.
    """
    if not outcomes:
        return {}
    first_row = outcomes[0][0]
    parameters: dict[str, Any] = {"owner": first_row.leased_by, "until": first_row.leased_until}
    # Sorted by changed columns, whatever order the answers came in: each order would be a separate statement.
    in_order = sorted(outcomes, key=lambda outcome: sorted(outcome[1]))
    for index, (row, values) in enumerate(in_order):
        parameters |= {f"id_{index}": row.number} | {f"{name}_{index}": value for name, value in values.items()}
        if "content_hash" in values:
            parameters[f"hash_before_{index}"] = row.content_hash
        if "retry_at" in values:
            parameters[f"retry_before_{index}"] = row.retry_at
    session.flush()
    settlement = _settlement(tuple(tuple(sorted(values)) for _, values in in_order))
    settled_rows = session.connection().execute(settlement, parameters)
    return {
        row.id: row.retry_at if row.wanted > row.shown and row.refused is None else None for row in settled_rows
    }


@lru_cache(maxsize=256)
def _settlement(changed_columns: tuple[tuple[str, ...], ...]) -> sa.UpdateBase:
    """The statement that changes these columns of each row. Cached, because a few are used again and again."""
    ids = [sa.bindparam(f"id_{index}", type_=_TABLE.c.id.type) for index in range(len(changed_columns))]
    in_order = (
        sa.select(_TABLE.c.id)
        .where(
            _TABLE.c.id.in_(ids),
            _TABLE.c.leased_by == sa.bindparam("owner"),
            _TABLE.c.leased_until == sa.bindparam("until", type_=UtcDateTime()),
        )
        .order_by(_TABLE.c.id)
        .with_for_update()
        .cte("ours")
    )
    values = {
        name: sa.case(
            *((_TABLE.c.id == ids[index], _unless_changed(name, index)) for index in indexes), else_=_TABLE.c[name]
        )
        for name, indexes in _indexes_by_column(changed_columns).items()
    }
    return (
        sa.update(_TABLE)
        .where(_TABLE.c.id.in_(sa.select(in_order.c.id)))
        .values(leased_by=None, leased_until=None, **values)
        .returning(_TABLE.c.id, _TABLE.c.retry_at, _TABLE.c.wanted, _TABLE.c.shown, _TABLE.c.refused)
    )


def _indexes_by_column(changed_columns: tuple[tuple[str, ...], ...]) -> dict[str, list[int]]:
    names = sorted({name for names in changed_columns for name in names})
    return {
        name: [index for index, column_names in enumerate(changed_columns) if name in column_names]
        for name in names
    }


def _unless_changed(name: str, index: int) -> Any:
    column = _TABLE.c[name]
    new_value = sa.bindparam(f"{name}_{index}", type_=column.type)
    if name == "shown":
        # If it was given up meanwhile, it stays so. Zero stands for a message that must be reposted.
        return sa.case((sa.and_(new_value > 0, column > new_value), column), else_=new_value)
    if name == "retry_at":
        # It was hurried meanwhile, because what it waited for is there.
        return sa.case(
            (column != sa.bindparam(f"retry_before_{index}", type_=column.type), column), else_=new_value
        )
    if name == "content_hash":
        # A person changed the message meanwhile, so its content in Slack is unknown.
        return sa.case((column == sa.bindparam(f"hash_before_{index}", type_=column.type), new_value), else_="")
    return new_value
