"""Proposed changes to playbooks, such as findings of a review, with who decides them; and the queries."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, utc_column


class ProposalState(StrEnum):
    """The state of a proposal."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NoSuchProposal(WatchfloorError):
    """There is no such proposal. `/incident playbook proposals` lists all of them."""


class PlaybookProposal(Numbered, table=True):
    """One proposal. `key` identifies the submitted form."""

    __tablename__ = "playbook_proposals"

    key: str = Field(unique=True)
    # The name of the playbook's file, and the change proposed.
    playbook_name: str
    text: str
    # The incident that led to the proposal, if any.
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    by: str
    proposed_at: datetime = Field(sa_column=utc_column(nullable=False))
    # The user who changes the file once it is accepted, and the user who decides.
    owner_id: str
    decides_id: str
    state: str = Field(default=ProposalState.PROPOSED, index=True)
    reason: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_open(self) -> bool:
        """True while a decision is pending."""
        return self.state == ProposalState.PROPOSED


def get(session: Session, number: int) -> PlaybookProposal:
    """A proposal. Raises `NoSuchProposal`."""
    return require(session.get(PlaybookProposal, number), NoSuchProposal)


def locked(session: Session, number: int) -> PlaybookProposal:
    """A proposal, locked for the transaction. Raises `NoSuchProposal`."""
    proposal = session.get(PlaybookProposal, number, populate_existing=True, with_for_update=True)
    return require(proposal, NoSuchProposal)


def newest(session: Session, limit: int) -> Sequence[PlaybookProposal]:
    """Pending proposals, then decided ones; newest first."""
    is_decided = (col(PlaybookProposal.state) != ProposalState.PROPOSED).asc()
    return session.exec(
        select(PlaybookProposal).order_by(is_decided, col(PlaybookProposal.id).desc()).limit(limit)
    ).all()


def of_incident(session: Session, number: int) -> Sequence[PlaybookProposal]:
    """The proposals an incident led to, oldest first."""
    query = select(PlaybookProposal).where(PlaybookProposal.incident_id == number)
    return session.exec(query.order_by(col(PlaybookProposal.id))).all()
