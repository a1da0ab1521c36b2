"""Groups of similar cases, and what people decided about them; their queries."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.cases.tables import Case
from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, Row, insert_new, utc_column

OPEN, INCIDENT, DISMISSED, DECLARING = "open", "incident", "dismissed", "declaring"


class NoSuchCluster(WatchfloorError):
    """These cases are no longer on record. `/incident board` lists what is open."""

    es = "Esos casos ya no constan. `/incident board` muestra lo que está abierto."


class Cluster(Numbered, table=True):
    """Similar cases. `alerted_at` is None until they are surprising enough to raise an alert."""

    __tablename__ = "case_clusters"

    # The shared traits as JSON; an empty list if the cases share words.
    key: str
    # Unique per group: its traits and its first case, so that a group found again maps to this row.
    occasion: str = Field(index=True, unique=True)
    title: str
    traits: list[list[str]] = Field(default_factory=list, sa_column=sa.Column(sa.JSON(), nullable=False))
    terms: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON(), nullable=False))
    at: datetime = Field(sa_column=utc_column(nullable=False, index=True))
    first_at: datetime = Field(sa_column=utc_column(nullable=False))
    last_at: datetime = Field(sa_column=utc_column(nullable=False))
    alerted_at: datetime | None = Field(default=None, sa_column=utc_column())
    score: float
    expected: float
    window_s: int
    state: str = OPEN
    incident_id: int | None = Field(default=None, foreign_key="incidents.id", index=True)
    by: str = ""
    reason: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=utc_column())


class ClusterMember(Row, table=True):
    """A case in a group."""

    __tablename__ = "case_cluster_members"

    cluster_id: int = Field(foreign_key="case_clusters.id", primary_key=True)
    case_id: int = Field(foreign_key="cases.id", primary_key=True)


def get_locked(session: Session, number: int) -> Cluster:
    """Return a group, locked until the transaction ends. Raises `NoSuchCluster`."""
    return require(session.get(Cluster, number, populate_existing=True, with_for_update=True), NoSuchCluster)


def of_occasion(session: Session, new: Cluster) -> Cluster:
    """Insert the new group, or return the one that another process inserted for the same occasion."""
    if insert_new(session, new):
        return session.get_one(Cluster, new.id)
    return session.exec(select(Cluster).where(Cluster.occasion == new.occasion).with_for_update()).one()


def lock_saving(session: Session) -> None:
    """Take a lock until the transaction ends, so that processes save groups one by one and see each other's."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite allows one writer at a time
        session.connection().execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('similar cases', 0))"))


def since(session: Session, moment: datetime) -> Sequence[Cluster]:
    """The groups seen after this moment, in order of their numbers."""
    return session.exec(select(Cluster).where(Cluster.last_at > moment).order_by(col(Cluster.id))).all()


def incident_ids_since(session: Session, moment: datetime) -> list[int]:
    """The incidents to which groups seen after this moment are linked, in order."""
    query = select(Cluster.incident_id).where(Cluster.last_at > moment, col(Cluster.incident_id).is_not(None))
    return sorted({incident_id for incident_id in session.exec(query) if incident_id})


def members(session: Session, cluster_ids: Collection[int]) -> dict[int, list[int]]:
    """The numbers of the cases of several groups."""
    rows = session.exec(
        select(ClusterMember.cluster_id, ClusterMember.case_id)
        .where(col(ClusterMember.cluster_id).in_(cluster_ids))
        .order_by(col(ClusterMember.case_id))
    )
    numbers: dict[int, list[int]] = {}
    for cluster_id, case_id in rows:
        numbers.setdefault(cluster_id, []).append(case_id)
    return numbers


def cases_of(session: Session, cluster_id: int) -> Sequence[Case]:
    """The cases of a group, in the order in which they were opened."""
    member_ids = select(ClusterMember.case_id).where(ClusterMember.cluster_id == cluster_id)
    return session.exec(
        select(Case).where(col(Case.id).in_(member_ids)).order_by(col(Case.opened_at), col(Case.id))
    ).all()


def add_members(session: Session, cluster_id: int, case_ids: Collection[int]) -> list[int]:
    """Add cases to the group; return the new ones."""
    return [
        case_id
        for case_id in sorted(case_ids)
        if insert_new(session, ClusterMember(cluster_id=cluster_id, case_id=case_id))
    ]


def of_incident(session: Session, incident_id: int) -> Sequence[Cluster]:
    """The groups linked to an incident."""
    return session.exec(select(Cluster).where(Cluster.incident_id == incident_id)).all()
