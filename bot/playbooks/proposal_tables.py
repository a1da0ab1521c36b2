"""What is proposed to be changed in a playbook, by a finding of a review, and who decides it; the queries."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, insert_new, utc_column


class ProposalState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NoSuchProposal(WatchfloorError):
    """There is no such proposal. `/incident playbook proposals` lists all of them."""


class PlaybookProposal(Numbered, table=True):
    """One proposal. `key` is the form that it came by."""

    __tablename__ = "playbook_proposals"

    key: str = Field(unique=True)
    # The name of the playbook's file, and what is to be changed in it.
    playbook_name: str
    text: str
    # What was found, if it was found in an incident.
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    by: str
    proposed_at: datetime = Field(sa_column=utc_column(nullable=False))
    # Who changes the file once it is accepted, and who decides.
    owner_id: str
    decides_id: str
    state: str = Field(default=ProposalState.PROPOSED, index=True)
    reason: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_open(self) -> bool:
        """Is a decision awaited?"""
        return self.state == ProposalState.PROPOSED


def add(session: Session, proposal: PlaybookProposal) -> bool:
    """A new proposal; False when the same form brought it before."""
    return insert_new(session, proposal)


def locked(session: Session, number: int) -> PlaybookProposal:
    """A proposal, kept from being changed by others; `NoSuchProposal`."""
    query = select(PlaybookProposal).where(PlaybookProposal.id == number).with_for_update()
    proposal = session.exec(query.execution_options(populate_existing=True)).first()
    if proposal is None:
        raise NoSuchProposal()
    return proposal


def newest(session: Session, limit: int) -> Sequence[PlaybookProposal]:
    """Those that wait for a decision, then those decided; the newest first."""
    is_decided = (col(PlaybookProposal.state) != ProposalState.PROPOSED).asc()
    return session.exec(
        select(PlaybookProposal).order_by(is_decided, col(PlaybookProposal.id).desc()).limit(limit)
    ).all()


def of_incident(session: Session, number: int) -> Sequence[PlaybookProposal]:
    """What was found in an incident."""
    own = select(PlaybookProposal).where(PlaybookProposal.incident_id == number)
    return session.exec(own.order_by(col(PlaybookProposal.id))).all()
