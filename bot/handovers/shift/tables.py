"""Shift handovers, accountability over time and watch items; every query on them."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.handovers.rules import Kind, State
from bot.handovers.shift.rules import ShiftState
from bot.handovers.tables import Handover
from bot.runtime.database import Numbered, next_due, partial_index, utc_column

UNACCEPTED = (State.PENDING, State.RETURNED)


class NoSuchShiftHandover(WatchfloorError):
    """That handover no longer exists. `/incident handover shift` starts one."""

    es = "Ese relevo ya no existe. `/incident handover shift` inicia uno."


class ShiftHandover(Numbered, table=True):
    """The handover of one shift to the next; its items are rows of `handovers`."""

    __tablename__ = "shift_handovers"
    __table_args__ = (
        partial_index("ix_shift_handovers_due", "due_at", where="due_at IS NOT NULL"),
        sa.Index("ix_shift_handovers_offered", "offered_at"),
        sa.Index("ix_shift_handovers_from", "from_id", "state"),
    )

    # The form that offered it, so that a form sent twice makes one offer.
    key: str | None = Field(default=None, unique=True, index=True)
    from_id: str
    to_id: str
    state: str = ShiftState.OFFERED
    # The outgoing person's additions: risks of the next two hours, and what to do if they come true.
    risks: str = ""
    contingencies: str = ""
    # The top items in the incoming person's own words.
    repeated: str = ""
    # The people who were in the call.
    present: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    offered_at: datetime = Field(sa_column=utc_column(nullable=False))
    # When others are told that the handover has not been accepted.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalated_at: datetime | None = Field(default=None, sa_column=utc_column())
    completed_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_offered(self) -> bool:
        """Whether an answer is awaited."""
        return self.state == ShiftState.OFFERED


class Accountability(Numbered, table=True):
    """A person's accountability for an item over a period: at every moment exactly one person is accountable."""

    __tablename__ = "accountabilities"
    __table_args__ = (
        partial_index("ux_accountabilities_item", "item", where="until IS NULL", unique=True),
        partial_index("ix_accountabilities_user", "user_id", where="until IS NULL"),
        sa.Index("ix_accountabilities_of_item", "item", "since"),
    )

    item: str
    user_id: str
    since: datetime = Field(sa_column=utc_column(nullable=False))
    until: datetime | None = Field(default=None, sa_column=utc_column())
    # Why: it began with them, they stand in with nobody on duty, they accepted it, or somebody was unavailable.
    reason: str


class WatchItem(Numbered, table=True):
    """Something that the shifts watch until it is done."""

    __tablename__ = "watch_items"
    __table_args__ = (partial_index("ix_watch_items_open", "id", where="done_at IS NULL"),)

    text: str
    by: str
    added_at: datetime = Field(sa_column=utc_column(nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=utc_column())


def get(session: Session, number: int) -> ShiftHandover:
    """Return the handover with that number. Raises `NoSuchShiftHandover`."""
    return require(session.get(ShiftHandover, number, populate_existing=True), NoSuchShiftHandover)


def locked(session: Session, number: int) -> ShiftHandover:
    """Likewise, with the row locked until the end of the transaction."""
    handover = session.get(ShiftHandover, number, populate_existing=True, with_for_update=True)
    return require(handover, NoSuchShiftHandover)


def offered_by(session: Session, user_id: str) -> Sequence[ShiftHandover]:
    """A person's offers that have not been accepted in full."""
    is_offered = (ShiftHandover.from_id == user_id, ShiftHandover.state == ShiftState.OFFERED)
    return session.exec(select(ShiftHandover).where(*is_offered).order_by(col(ShiftHandover.id))).all()


def items(session: Session, shift_id: int) -> Sequence[Handover]:
    """The newest offer of each item of a handover, in order."""
    query = select(Handover).where(Handover.shift_id == shift_id).order_by(col(Handover.id))
    newest = {row.item: row for row in session.exec(query.execution_options(populate_existing=True))}
    return list(newest.values())


def pending_of(session: Session, user_id: str) -> Sequence[Handover]:
    """Pending items that a person has offered or is to accept, with the rows locked."""
    involves_person = sa.or_(col(Handover.from_id) == user_id, col(Handover.to_id) == user_id)
    is_pending = (Handover.kind == Kind.SHIFT, Handover.state == State.PENDING)
    query = select(Handover).where(involves_person, *is_pending).order_by(col(Handover.id)).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).all()


def unaccepted_item(session: Session, item: str) -> Handover | None:
    """The newest offer of an item, with its row locked, if it is pending or was sent back."""
    query = select(Handover).where(Handover.item == item, Handover.kind == Kind.SHIFT).with_for_update()
    newest_first = query.order_by(col(Handover.id).desc()).execution_options(populate_existing=True)
    newest = session.exec(newest_first.limit(1)).first()
    return newest if newest and newest.state in UNACCEPTED else None


def of_incident(session: Session, number: int) -> Sequence[Handover]:
    """Every shift item about an incident."""
    is_about_incident = (Handover.incident_id == number, Handover.kind == Kind.SHIFT)
    return session.exec(select(Handover).where(*is_about_incident).order_by(col(Handover.id))).all()


def last_accepted(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Return each item's fingerprint at its last acceptance."""
    is_accepted = (Handover.kind == Kind.SHIFT, Handover.state == State.ACCEPTED, col(Handover.item).in_(keys))
    rows = session.exec(select(Handover).where(*is_accepted).order_by(col(Handover.id)))
    return {row.item: row.fingerprint for row in rows}


def last_next_steps(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Return each item's most recent next step, if it had one."""
    if not keys:
        return {}
    query = select(Handover).where(Handover.kind == Kind.SHIFT, col(Handover.item).in_(keys))
    rows = session.exec(query.order_by(col(Handover.id)))
    return {row.item: step for row in rows if (step := str((row.content or {}).get("next_step") or ""))}


def due(session: Session, now: datetime) -> Sequence[ShiftHandover]:
    """Handovers that were not accepted in time."""
    return session.exec(
        select(ShiftHandover).where(col(ShiftHandover.due_at) <= now).order_by(col(ShiftHandover.id))
    ).all()


NEXT_DUE = next_due(col(ShiftHandover.due_at))


def between(session: Session, start: datetime, end: datetime) -> Sequence[ShiftHandover]:
    """The handovers offered in a period, in order."""
    is_in_period = (col(ShiftHandover.offered_at) >= start, col(ShiftHandover.offered_at) < end)
    return session.exec(select(ShiftHandover).where(*is_in_period).order_by(col(ShiftHandover.id))).all()


_ACCOUNTABLE = (
    select(Accountability)
    .where(Accountability.item == sa.bindparam("for_item"), col(Accountability.until).is_(None))
    .execution_options(populate_existing=True)
)


def accountable(session: Session, item: str) -> Accountability | None:
    """The current accountability for an item; None if the item is over or never began."""
    return session.exec(_ACCOUNTABLE, params={"for_item": item}).first()


def held_by(session: Session, user_id: str) -> Sequence[Accountability]:
    """Everything that a person is accountable for now, with the rows locked."""
    query = select(Accountability).where(Accountability.user_id == user_id, col(Accountability.until).is_(None))
    return session.exec(query.order_by(col(Accountability.id)).with_for_update()).all()


def all_held(session: Session) -> Sequence[Accountability]:
    """Every current accountability."""
    return session.exec(select(Accountability).where(col(Accountability.until).is_(None))).all()


def watched(session: Session) -> Sequence[WatchItem]:
    """Watch items that are not done."""
    return session.exec(select(WatchItem).where(col(WatchItem.done_at).is_(None)).order_by(col(WatchItem.id))).all()
