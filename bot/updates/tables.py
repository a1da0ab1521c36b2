"""Promised updates and their queries."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import require
from bot.incidents.tables import NoSuchIncident
from bot.runtime.database import Row, partial_index, utc_column

WAITING = "waiting"
PAUSED = "paused"
MOVED = "moved"
SENDING = "sending"
SENT = "sent"
REFUSED = "refused"
DROPPED = "dropped"
# In SQL, as the condition of an index and of the queries that use it.
UNCONCLUDED = "state IN ('waiting', 'paused', 'sending')"


# Occasions of an update besides those that a person, a step or the end of the incident gives.
CLOCK = "clock"
CHANGE = "change"


class Choice(StrEnum):
    """What was decided about an update before it was due."""

    NONE = ""
    NOW = "now"
    EDITED = "edited"
    NOTHING = "nothing"


class Promise(Row, table=True):
    """An update promised to an audience for a certain minute."""

    __tablename__ = "promises"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "audience", "number"),
        partial_index("ix_promises_due", "due_at", where="state = 'waiting'"),
        partial_index("ix_promises_made", "promised_at", where="state = 'waiting'"),
        partial_index("ix_promises_draft", "draft_at", where="state = 'waiting' AND draft_id IS NULL"),
        # Partial, because SQLite would look for promises without a draft by it, and find all that ever were.
        partial_index("ix_promises_draft_id", "draft_id", where="draft_id IS NOT NULL"),
        partial_index("ix_promises_late", "escalate_at", where="escalate_at IS NOT NULL"),
        partial_index("ix_promises_unconcluded", "incident_id", where=UNCONCLUDED),
        partial_index("ix_promises_added_to", "added_to", where="added_to IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    audience: str
    # Sequence number among the promises to this audience, assigned when the promise is made.
    number: int = 0
    state: str = WAITING
    cadence_s: int | None = None
    promised_at: datetime = Field(sa_column=utc_column(nullable=False))
    due_at: datetime = Field(sa_column=utc_column(nullable=False))
    # Anything later is news for the next update, however long Slack takes to deliver this one.
    composed_at: datetime | None = Field(default=None, sa_column=utc_column())
    sent_at: datetime | None = Field(default=None, sa_column=utc_column())
    next_due_at: datetime | None = Field(default=None, sa_column=utc_column())
    missed: int = 0
    occasion: str = CLOCK
    requested_by: str | None = None
    text: str = ""
    # The user who overrode the audience's cadence.
    paced_by: str | None = None
    # When its draft is to be shown, and the draft that shows it.
    draft_at: datetime | None = Field(default=None, sa_column=utc_column())
    draft_id: int | None = Field(default=None, foreign_key="drafts.id")
    choice: str = Choice.NONE
    chosen_by: str | None = None
    needs_approval: bool = False
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The originally promised time, if a user had it sent earlier.
    moved_from: datetime | None = Field(default=None, sa_column=utc_column())
    # Why it was postponed, and `next_due_at` is then the new time; or why it was dropped.
    moved_why: str = ""
    begun_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When it counts as missed; cleared once it is sent in time or reported as missed.
    escalate_at: datetime | None = Field(default=None, sa_column=utc_column())
    late_because: str = ""
    # The earlier update to which it is added as a line, because nothing was new; None: a message of its own.
    added_to: int | None = None

    @property
    def row(self) -> int:
        """The id, as used in buttons and forms."""
        assert self.id is not None
        return self.id

    @property
    def shown_by(self) -> int:
        """The promise whose message shows this one."""
        return self.added_to or self.row

    @property
    def key(self) -> str:
        return f"update:{self.incident_id}:{self.audience}:{self.number}"


_OF_INCIDENT = (
    select(Promise).where(Promise.incident_id == sa.bindparam("of_incident")).order_by(col(Promise.due_at))
)
_WAITING = _OF_INCIDENT.where(Promise.state == WAITING)
_PENDING = _OF_INCIDENT.where(col(Promise.state).in_((WAITING, PAUSED)))


def waiting(session: Session, incident_id: int, audience: str | None = None) -> Sequence[Promise]:
    """Updates promised and not yet sent, soonest first."""
    promised = session.exec(_WAITING, params={"of_incident": incident_id}).all()
    return [promise for promise in promised if audience in (None, promise.audience)]


def pending(session: Session, incident_id: int) -> Sequence[Promise]:
    """Updates promised and not yet sent, with those that a pause holds back; soonest first."""
    return session.exec(_PENDING, params={"of_incident": incident_id}).all()


def promised_to_others(session: Session, audiences: Sequence[str]) -> Sequence[Promise]:
    """Unconcluded promises to audiences other than these."""
    conditions = (sa.text(UNCONCLUDED), col(Promise.audience).not_in(audiences))
    return session.exec(select(Promise).where(*conditions).order_by(col(Promise.id))).all()


def on_their_way(session: Session) -> Sequence[Promise]:
    """Updates composed and not yet concluded."""
    is_sending = (sa.text(UNCONCLUDED), Promise.state == SENDING)
    return session.exec(select(Promise).where(*is_sending).order_by(col(Promise.id))).all()


def incidents_with_promise(session: Session) -> set[int]:
    """The incidents that have an update promised or on its way."""
    return set(session.exec(select(Promise.incident_id).where(sa.text(UNCONCLUDED)).distinct()))


# Built once, because every update runs them.
_BY_ID = select(Promise).where(col(Promise.id) == sa.bindparam("promise_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update().execution_options(populate_existing=True)
_NEWEST_FIRST = (
    select(Promise)
    .where(Promise.incident_id == sa.bindparam("of_incident"), Promise.audience == sa.bindparam("to_audience"))
    # An update sent by a step or a command has a later number than the waiting promise, but goes out before it.
    .order_by(sa.func.coalesce(Promise.composed_at, Promise.sent_at).desc(), col(Promise.number).desc())
)
_LAST_SENT = _NEWEST_FIRST.where(Promise.state == SENT).limit(2)
_LAST_COMPOSED = _NEWEST_FIRST.where(col(Promise.composed_at).is_not(None), Promise.state != DROPPED).limit(1)


def get(session: Session, promise_id: int) -> Promise:
    """The promise with that id. Raises `NoSuchIncident` if there is none."""
    return require(session.exec(_BY_ID, params={"promise_id": promise_id}).first(), NoSuchIncident)


def locked(session: Session, promise_id: int) -> Promise:
    """The promise with that id, re-read and locked until the transaction ends."""
    return session.exec(_BY_ID_LOCKED, params={"promise_id": promise_id}).one()


def of_incident(session: Session, incident_id: int) -> Sequence[Promise]:
    """Every promise of an incident, in the order of their due times."""
    return session.exec(
        select(Promise)
        .where(Promise.incident_id == incident_id, Promise.state != DROPPED)
        .order_by(col(Promise.due_at), col(Promise.id))
    ).all()


_AUDIENCES_TOLD = (
    select(Promise.audience)
    .where(Promise.incident_id == sa.bindparam("of_incident"), col(Promise.composed_at).is_not(None))
    .distinct()
)


def audiences_told(session: Session, incident_id: int) -> Sequence[str]:
    """The audiences for which an update was composed."""
    return session.exec(_AUDIENCES_TOLD, params={"of_incident": incident_id}).all()


def concluded_of(session: Session, incident_id: int) -> Sequence[Promise]:
    """Every promise at the time it was to be kept; a postponed one is included at its new time only."""
    return [promise for promise in of_incident(session, incident_id) if promise.state != MOVED]


def concluded_by_incident(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, list[Promise]]]:
    """The same for several incidents, a few hundred at a time."""
    query = select(Promise).where(col(Promise.incident_id).in_(numbers), Promise.state != MOVED)
    promises = session.exec(query.order_by(col(Promise.incident_id), col(Promise.id)))
    for number, promises_of_incident in groupby(promises, key=lambda promise: promise.incident_id):
        yield number, list(promises_of_incident)


def informed_audiences(session: Session, incident_id: int) -> set[str]:
    """The audiences to which an update was sent or is on its way."""
    query = select(Promise.audience).where(
        Promise.incident_id == incident_id, col(Promise.state).in_((SENT, SENDING))
    )
    return set(session.exec(query).all())


def audiences_told_at(session: Session, incident_id: int, occasions: Collection[str]) -> set[str]:
    """The audiences to which an update at one of these occasions was sent or is on its way."""
    query = select(Promise.audience, Promise.occasion).where(
        Promise.incident_id == incident_id, col(Promise.state).in_((SENT, SENDING))
    )
    return {audience for audience, occasion in session.exec(query) if occasion.partition(":")[0] in occasions}


def last_sent(session: Session, incident_id: int, audience: str) -> Promise | None:
    """The last update this audience got."""
    return next(iter(last_two_sent(session, incident_id, audience)), None)


def last_two_sent(session: Session, incident_id: int, audience: str) -> Sequence[Promise]:
    """The last two updates this audience got, newest first."""
    return session.exec(_LAST_SENT, params={"of_incident": incident_id, "to_audience": audience}).all()


def last_composed(session: Session, incident_id: int, audience: str) -> Promise | None:
    """The last update that was composed, whether or not it has reached this audience yet."""
    return session.exec(_LAST_COMPOSED, params={"of_incident": incident_id, "to_audience": audience}).first()


_LINES_BELOW = (
    select(Promise)
    .where(Promise.added_to == sa.bindparam("promise_id"), Promise.state != DROPPED)
    .order_by(col(Promise.composed_at).desc(), col(Promise.number).desc())
)


def lines_below(session: Session, promise_id: int) -> Sequence[Promise]:
    """The "no change" updates added as lines below this one, newest first."""
    return session.exec(_LINES_BELOW, params={"promise_id": promise_id}).all()


def previous_promise(session: Session, promise: Promise) -> Promise | None:
    """The previous promise to the same audience that was not dropped."""
    return session.exec(
        select(Promise)
        .where(
            Promise.incident_id == promise.incident_id,
            Promise.audience == promise.audience,
            Promise.state != DROPPED,
            col(Promise.number) < promise.number,
        )
        .order_by(col(Promise.number).desc())
        .limit(1)
    ).first()


def was_requested(session: Session, incident_id: int, occasion: str) -> bool:
    """True if an update was already requested on this occasion, by the same click or command delivered twice."""
    query = select(Promise.id).where(Promise.incident_id == incident_id, Promise.occasion == occasion)
    return session.exec(query.limit(1)).first() is not None
