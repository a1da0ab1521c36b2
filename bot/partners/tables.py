"""One row for each partner of an incident: what it was told and when, and what it answered."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.incidents.rules import OPEN, Status
from bot.incidents.tables import Incident, NoSuchIncident
from bot.partners.rules import Answer, NextAction, State
from bot.runtime.database import Numbered, due_rows, insert_new, next_due, partial_index, utc_column


class PartnerNotice(Numbered, table=True):
    """A partner of an incident."""

    __tablename__ = "partner_notices"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "partner"),
        partial_index("ix_partner_notices_due", "due_at", where="due_at IS NOT NULL"),
    )

    incident_id: int = Field(foreign_key="incidents.id")
    partner: str
    state: str = State.WAITING
    # The next scheduled action and its time; `act` is empty while there is no time.
    act: str = NextAction.NOTHING
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    told_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The severity when it was told.
    told_severity: str = ""
    told_by: str | None = None
    # Where its notice is; none before it was sent, and after it was deleted because the incident became private.
    channel_id: str | None = None
    reminded_at: datetime | None = Field(default=None, sa_column=utc_column())
    named_at: datetime | None = Field(default=None, sa_column=utc_column())
    cleared_at: datetime | None = Field(default=None, sa_column=utc_column())
    answer: str = Answer.NONE
    answered_at: datetime | None = Field(default=None, sa_column=utc_column())
    answered_by: str | None = None
    agents: int | None = None
    # Users who opened the form for the number: only they may send it, whatever its metadata says.
    asked: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    trouble: str | None = None

    @property
    def is_silent(self) -> bool:
        """True if the notice in its channel awaits an answer."""
        is_asked = self.state == State.TOLD and self.channel_id is not None and self.cleared_at is None
        return is_asked and self.answer == Answer.NONE

    @property
    def is_being_sent(self) -> bool:
        """True if the notice is in the outbox and has neither arrived nor been refused."""
        return self.state == State.WAITING and self.act == NextAction.SEND

    def call_owed(self, status: str) -> str:
        """The reply that the partner must hear by phone, because it has no notice; empty if none.

        Calls about an incident that was closed, declined or merged are not recorded any more.
        """
        if self.told_at is None or self.channel_id is not None or self.cleared_at is not None:
            return ""
        if status == Status.RESOLVED:
            return "all_clear"
        is_asked_again = status in OPEN and self.state == State.PHONED and self.answer == Answer.NONE
        return "reopened" if is_asked_again else ""

    def plan(self, next_action: NextAction, due_at: datetime | None) -> None:
        """Schedule the next action."""
        self.act, self.due_at = (next_action, due_at) if due_at else (NextAction.NOTHING, None)


def add(session: Session, incident_id: int, partner: str) -> bool:
    """Add a partner to be told; False if it is already listed."""
    return insert_new(session, PartnerNotice(incident_id=incident_id, partner=partner))


def get(session: Session, notice_id: int, error_class: type[WatchfloorError] = NoSuchIncident) -> PartnerNotice:
    """The notice with that id. Raises `error_class` if there is none."""
    return require(session.get(PartnerNotice, notice_id), error_class)


def locked(
    session: Session, notice_id: int, error_class: type[WatchfloorError] = NoSuchIncident
) -> tuple[PartnerNotice, Incident]:
    """The notice and its incident, both locked until the transaction ends."""
    row = session.exec(
        select(PartnerNotice, Incident)
        .join(Incident, col(Incident.id) == col(PartnerNotice.incident_id))
        .where(PartnerNotice.id == notice_id)
        # Lock order: the incident first, then its notice, as everywhere that changes both.
        .with_for_update(of=[Incident, PartnerNotice], key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    return require(row, error_class)


def find(session: Session, incident_id: int, partner: str) -> PartnerNotice:
    notice = session.exec(
        select(PartnerNotice).where(PartnerNotice.incident_id == incident_id, PartnerNotice.partner == partner)
    ).first()
    return require(notice, NoSuchIncident)


_OF_INCIDENT = (
    select(PartnerNotice)
    .where(PartnerNotice.incident_id == sa.bindparam("of_incident"))
    .order_by(col(PartnerNotice.id))
)


def of_incident(session: Session, incident_id: int) -> Sequence[PartnerNotice]:
    """Every partner of an incident, in the order they were added."""
    return session.exec(_OF_INCIDENT, params={"of_incident": incident_id}).all()


def incidents_told_in(session: Session, channel_id: str) -> Sequence[int]:
    """The incidents with a notice in that channel that is not cleared yet."""
    is_current = (PartnerNotice.channel_id == channel_id, col(PartnerNotice.cleared_at).is_(None))
    return sorted(set(session.exec(select(PartnerNotice.incident_id).where(*is_current))))


def told_in_merged(session: Session, incident_id: int) -> frozenset[str]:
    """The partners that had a notice of an incident that was merged into this one."""
    query = select(PartnerNotice.partner).join(Incident, col(Incident.id) == col(PartnerNotice.incident_id))
    had_notice = (Incident.merged_into == incident_id, col(PartnerNotice.channel_id).is_not(None))
    return frozenset(session.exec(query.where(*had_notice)))


def due(session: Session, now: datetime) -> Sequence[PartnerNotice]:
    """Notices with something due now, the oldest first."""
    return due_rows(session, PartnerNotice, col(PartnerNotice.due_at), now)


# When the next action for any partner is due.
NEXT_DUE = next_due(col(PartnerNotice.due_at))
