"""Cases, their states, the decisions about them and their incidents; their queries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, Row, insert_all_new, insert_new, partial_index, utc_column


class NoSuchCase(WatchfloorError):
    """I do not know such a case. `/incident board` lists the open ones."""

    es = "No conozco ese caso. `/incident board` muestra los abiertos."


class Case(Numbered, table=True):
    """A case, change or task of another system as last reported, with what was decided about it here."""

    __tablename__ = "cases"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_id"),
        partial_index("ix_cases_open", "due_at", where="is_open", on_sqlite="is_open = 1"),
        partial_index("ix_cases_unseen", "examine_at", where="examine_at IS NOT NULL"),
        sa.Index("ix_cases_touched", "touched_at"),
        sa.Index("ix_cases_opened", "opened_at"),
        sa.Index("ix_cases_ended", "ended_at"),
    )

    source: str
    external_id: str
    # `case`, `change` or `task`.
    kind: str = "case"
    # What people call it, such as INC0003847.
    name: str
    title: str = ""
    text: str = ""
    customer: str = ""
    priority: str = "P3"
    region: str = ""
    team: str = ""
    # `owner` is the name at the source. `owner_id` is the person of that name, or who took it here since then.
    owner: str = ""
    owner_id: str | None = None
    state: str = ""
    phase: str = "new"
    is_open: bool = True
    reopened: int = 0
    url: str = ""
    # Traits it may share with other cases: product, category, site …
    traits: dict[str, str] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON(), nullable=False))
    opened_at: datetime = Field(sa_column=utc_column(nullable=False))
    started_at: datetime = Field(sa_column=utc_column(nullable=False))
    target_s: int | None = None
    schedule: str = "always"
    # The deadline that its source computed; None if it is computed here, from target, schedule and pauses.
    promised_at: datetime | None = Field(default=None, sa_column=utc_column())
    # None while the clock is paused, and if there is no target.
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    is_breached: bool = False
    ended_at: datetime | None = Field(default=None, sa_column=utc_column())
    updated_at: datetime = Field(sa_column=utc_column(nullable=False))
    # When any part of the row last changed here.
    touched_at: datetime = Field(sa_column=utc_column(nullable=False))
    # Its team at the source, if it was moved to another team here.
    moved_from: str | None = None
    snoozed_until: datetime | None = Field(default=None, sa_column=utc_column())
    # Set while the case has yet to be compared with others.
    examine_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_unassigned(self) -> bool:
        """True if nobody owns it."""
        return not (self.owner or self.owner_id)


class CaseState(Row, table=True):
    """A state of a case and when it began."""

    __tablename__ = "case_states"

    case_id: int = Field(foreign_key="cases.id", primary_key=True)
    at: datetime = Field(sa_column=sa.Column(utc_column().type, primary_key=True))
    state: str = Field(primary_key=True)
    phase: str


class CaseNote(Numbered, table=True):
    """A decision about a case with its reason, kept as the bot's log and as the work note at the source."""

    __tablename__ = "case_notes"

    case_id: int = Field(foreign_key="cases.id", index=True)
    key: str = Field(unique=True)
    kind: str
    by: str = ""
    at: datetime = Field(sa_column=utc_column(nullable=False))
    text: str
    # When the source accepted it; None until then, and if the source takes no notes.
    written_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When the source refused it for good, such as for a case that is read-only there.
    refused_at: datetime | None = Field(default=None, sa_column=utc_column())


class IncidentCase(Row, table=True):
    """A case that is part of an incident."""

    __tablename__ = "incident_cases"

    incident_id: int = Field(foreign_key="incidents.id", primary_key=True)
    case_id: int = Field(foreign_key="cases.id", primary_key=True, index=True)
    by: str = ""
    at: datetime = Field(sa_column=utc_column(nullable=False))


def case(session: Session, number: int) -> Case:
    """Return the case of this number. Raises `NoSuchCase`."""
    return require(session.get(Case, number), NoSuchCase)


def locked(session: Session, number: int) -> Case:
    """Return the case, locked until the transaction ends. Raises `NoSuchCase`."""
    return require(session.get(Case, number, with_for_update=True), NoSuchCase)


def by_external_ids(session: Session, source: str, external_ids: Collection[str]) -> dict[str, Case]:
    """The cases of a source with these ids, locked until the transaction ends."""
    query = select(Case).where(Case.source == source, col(Case.external_id).in_(external_ids))
    return {each.external_id: each for each in session.exec(query.with_for_update())}


def of_numbers(session: Session, numbers: Collection[int]) -> dict[int, Case]:
    return {each.number: each for each in session.exec(select(Case).where(col(Case.id).in_(numbers)))}


def states_of(session: Session, case_ids: Collection[int]) -> dict[int, list[CaseState]]:
    """The states of several cases, in chronological order."""
    query = select(CaseState).where(col(CaseState.case_id).in_(case_ids)).order_by(col(CaseState.at))
    states: dict[int, list[CaseState]] = {}
    for state in session.exec(query):
        states.setdefault(state.case_id, []).append(state)
    return states


def add_states(session: Session, states: Iterable[CaseState]) -> None:
    """Insert states of cases, skipping those already recorded."""
    insert_all_new(session, list(states))


def notes_of(session: Session, case_id: int, limit: int = 20) -> Sequence[CaseNote]:
    """The decisions about a case, newest first."""
    query = select(CaseNote).where(CaseNote.case_id == case_id).order_by(col(CaseNote.id).desc())
    return session.exec(query.limit(limit)).all()


def link(session: Session, incident_id: int, case_ids: Iterable[int], by: str, now: datetime) -> list[int]:
    """Link the cases to the incident; return the newly linked ones."""
    return [
        case_id
        for case_id in case_ids
        if insert_new(session, IncidentCase(incident_id=incident_id, case_id=case_id, by=by, at=now))
    ]


def cases_of_incident(session: Session, incident_id: int) -> Sequence[Case]:
    case_ids = select(IncidentCase.case_id).where(IncidentCase.incident_id == incident_id)
    return session.exec(select(Case).where(col(Case.id).in_(case_ids)).order_by(col(Case.id))).all()


def has_private_incident(session: Session, case_id: int) -> bool:
    query = (
        select(Incident.id)
        .join(IncidentCase, col(IncidentCase.incident_id) == col(Incident.id))
        .where(IncidentCase.case_id == case_id, col(Incident.is_private))
        .limit(1)
    )
    return session.exec(query).first() is not None
