"""Caller messages and their versions, and routing faults; every query on them."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.frontdoor.rules import FaultState, Wording
from bot.runtime.database import Numbered, Row, due_rows, insert, next_due, partial_index, utc_column


class NoSuchMessage(WatchfloorError):
    """There is no such caller message, or you may not see it. `/incident frontdoor` in a channel shows its own."""


class CallerMessage(Numbered, table=True):
    """What callers hear on some lines, from on to off. Its wording is the newest version."""

    __tablename__ = "caller_messages"
    __table_args__ = (partial_index("ix_caller_messages_due", "due_at", where="due_at IS NOT NULL"),)

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    version: int = 1
    on_by: str = ""
    on_at: datetime = Field(sa_column=utc_column(nullable=False))
    # Who dialled in: to hear this version, and, after it was switched off, to hear that it is gone.
    heard_by: str | None = None
    heard_at: datetime | None = Field(default=None, sa_column=utc_column())
    gone_by: str | None = None
    gone_at: datetime | None = Field(default=None, sa_column=utc_column())
    look_at: datetime = Field(sa_column=utc_column(nullable=False))
    # When the lead is reminded of it, or others are told.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    reminded_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalations: int = 0
    off_by: str | None = None
    off_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_on(self) -> bool:
        """True while callers hear it."""
        return self.off_at is None

    def wait_until(self, look_at: datetime) -> None:
        """Postpone the next question about it to that time."""
        self.look_at = self.due_at = look_at
        self.reminded_at = None


class MessageVersion(Row, table=True):
    """The wording of a message from a moment on; a version is never changed."""

    __tablename__ = "caller_message_versions"

    message_id: int = Field(foreign_key="caller_messages.id", primary_key=True)
    version: int = Field(primary_key=True)
    variant: str
    lines: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    texts: dict[str, str] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    approved_by: str = ""
    set_by: str = ""
    at: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def wording(self) -> Wording:
        """The wording as the rules read it."""
        return Wording(self.variant, tuple(self.lines), self.texts, self.approved_by)


def add(session: Session, message: CallerMessage, wording: Wording, by: str, now: datetime) -> CallerMessage:
    """Add a new message with its first version."""
    insert(session, message)
    add_version(session, message, wording, by, now)
    return message


def add_version(session: Session, message: CallerMessage, wording: Wording, by: str, now: datetime) -> None:
    """Add a version with the message's wording from now on."""
    version = MessageVersion(
        message_id=message.number,
        version=message.version,
        variant=wording.variant,
        lines=list(wording.lines),
        texts=dict(wording.texts or {}),
        approved_by=wording.approved_by,
        set_by=by,
        at=now,
    )
    insert(session, version)


def get(session: Session, message_id: int) -> CallerMessage:
    """The message with that id. Raises `NoSuchMessage`."""
    return require(session.get(CallerMessage, message_id, populate_existing=True), NoSuchMessage)


def versions_of(session: Session, message_ids: Collection[int]) -> dict[int, list[MessageVersion]]:
    """Every version of these messages, oldest first."""
    versions: dict[int, list[MessageVersion]] = {number: [] for number in message_ids}
    if not message_ids:
        return versions
    query = select(MessageVersion).where(col(MessageVersion.message_id).in_(message_ids))
    for version in session.exec(query.order_by(col(MessageVersion.message_id), col(MessageVersion.version))):
        versions[version.message_id].append(version)
    return versions


def wording_of(session: Session, message: CallerMessage) -> Wording:
    """What the message says now."""
    return versions_of(session, [message.number])[message.number][-1].wording


_OF_INCIDENT = (
    select(CallerMessage)
    .where(CallerMessage.incident_id == sa.bindparam("of_incident"))
    .order_by(col(CallerMessage.id))
)


def of_incident(session: Session, incident_id: int) -> Sequence[CallerMessage]:
    return session.exec(_OF_INCIDENT, params={"of_incident": incident_id}).all()


def on(session: Session, incident_id: int) -> list[tuple[CallerMessage, Wording]]:
    """What callers hear now because of an incident."""
    return _with_wording(session, [message for message in of_incident(session, incident_id) if message.is_on])


def last_switched_off(session: Session, incident_id: int) -> list[tuple[CallerMessage, Wording]]:
    """The message that was switched off last; none if there was none."""
    messages = [message for message in of_incident(session, incident_id) if message.off_at]
    return _with_wording(session, sorted(messages, key=lambda message: (message.off_at, message.number))[-1:])


def _with_wording(session: Session, messages: Sequence[CallerMessage]) -> list[tuple[CallerMessage, Wording]]:
    versions = versions_of(session, [message.number for message in messages])
    return [(message, versions[message.number][-1].wording) for message in messages]


def due(session: Session, now: datetime) -> Sequence[CallerMessage]:
    """Messages whose reminder or escalation is due."""
    return due_rows(session, CallerMessage, col(CallerMessage.due_at), now)


# When the next reminder or escalation of any message is due.
NEXT_DUE = next_due(col(CallerMessage.due_at))


class NoSuchFault(WatchfloorError):
    """There is no such routing fault, or you may not see it. `/incident routing` in an incident's channel reports
    one."""


class RoutingFault(Numbered, table=True):
    """A routing fault that a team is asked to look at, and what it answered."""

    __tablename__ = "routing_faults"
    __table_args__ = (partial_index("ix_routing_faults_due", "due_at", where="due_at IS NOT NULL"),)

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    wrong: str
    examples: str = ""
    since: datetime = Field(sa_column=utc_column(nullable=False))
    workaround: str = ""
    asked_by: str
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))
    owner_id: str | None = None
    answer_by: datetime = Field(sa_column=utc_column(nullable=False))
    # When others are told that the answer is overdue.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    escalations: int = 0
    state: str = FaultState.OPEN
    answer: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())


def get_fault(session: Session, fault_id: int) -> RoutingFault:
    """The fault with that id. Raises `NoSuchFault`."""
    return require(session.get(RoutingFault, fault_id, populate_existing=True), NoSuchFault)


def faults_of(session: Session, incident_id: int) -> Sequence[RoutingFault]:
    """Every fault of an incident, in order."""
    return session.exec(
        select(RoutingFault).where(RoutingFault.incident_id == incident_id).order_by(col(RoutingFault.id))
    ).all()


def open_faults(session: Session, incident_id: int) -> list[RoutingFault]:
    """An incident's faults that still await an answer, in order."""
    return [fault for fault in faults_of(session, incident_id) if fault.state == FaultState.OPEN]


def due_faults(session: Session, now: datetime) -> Sequence[RoutingFault]:
    """Faults that have not been answered in time."""
    return due_rows(session, RoutingFault, col(RoutingFault.due_at), now)


# When an answer is due next.
NEXT_FAULT = next_due(col(RoutingFault.due_at))
