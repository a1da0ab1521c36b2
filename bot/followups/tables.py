"""Follow-ups, and every query on them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.errors import WatchfloorError, require
from bot.followups.rules import LATE_AFTER, State
from bot.incidents import incidents
from bot.incidents.participants import Participant
from bot.incidents.tables import Incident
from bot.runtime.database import Numbered, Row, due_rows, insert_new, next_due, partial_index, utc_column

# More than a list of pages will ever show.
QUERY_LIMIT = 2_000


class NoSuchFollowUp(WatchfloorError):
    """There is no such follow-up, or you may not see it. `/incident followups mine` shows yours."""


class FollowUp(Numbered, table=True):
    """A task to be done after an incident."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        partial_index("ix_follow_ups_remind", "remind_at", where="remind_at IS NOT NULL"),
        partial_index("ix_follow_ups_due", "due_at", where="state = 'open'"),
        partial_index("ix_follow_ups_owner", "owner_id", where="state = 'open'"),
        partial_index("ix_follow_ups_finished", "finished_at", where="finished_at IS NOT NULL"),
    )

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    # Its origin: a command, a form, a reaction to a message. The same origin gives the same follow-up.
    source_key: str = Field(unique=True)
    text: str
    kind: str = ""
    link: str = ""
    state: str = State.OPEN
    owner_id: str | None = None
    # The person who is to find an owner while there is none.
    asked_id: str | None = None
    # The agreed day in the owner's zone; `due_at` is derived from it.
    due_on: date
    zone: str = "UTC"
    due_at: datetime = Field(sa_column=utc_column(nullable=False))
    remind_at: datetime | None = Field(default=None, sa_column=utc_column())
    # The number of direct messages sent about it; the newest has the buttons.
    told: int = 0
    moved: int = 0
    added_by: str
    added_at: datetime = Field(sa_column=utc_column(nullable=False))
    finished_by: str | None = None
    finished_at: datetime | None = Field(default=None, sa_column=utc_column())

    @property
    def is_open(self) -> bool:
        """True if it is still to be done."""
        return self.state == State.OPEN

    @property
    def responsible_id(self) -> str | None:
        """The person notified about it."""
        return self.owner_id or self.asked_id


def add(session: Session, follow_up: FollowUp) -> FollowUp | None:
    """Add a follow-up and return it with its number; None if one from the same origin exists."""
    return by_source(session, follow_up.source_key) if insert_new(session, follow_up) else None


def by_source(session: Session, source_key: str) -> FollowUp | None:
    """Return the follow-up made from that command, form or message."""
    return session.exec(select(FollowUp).where(FollowUp.source_key == source_key)).first()


def get(session: Session, number: int) -> FollowUp:
    """Return the follow-up with that number. Raises `NoSuchFollowUp`."""
    return require(session.get(FollowUp, number), NoSuchFollowUp)


def text_of(session: Session, number: int) -> tuple[int, str]:
    """Return the number of a follow-up's incident, and its text."""
    follow_up = get(session, number)
    return follow_up.incident_id, follow_up.text


def locked(session: Session, number: int) -> FollowUp:
    """Return the follow-up with that number, locked until the transaction ends. Raises `NoSuchFollowUp`."""
    found = session.exec(
        select(FollowUp, Incident)
        .join(Incident, col(Incident.id) == col(FollowUp.incident_id))
        .where(FollowUp.id == number)
        # The incident is locked first, as in every transaction that changes both.
        .with_for_update(of=[Incident, FollowUp], key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    return require(found, NoSuchFollowUp)[0]


def of_incident(session: Session, incident_id: int) -> Sequence[FollowUp]:
    """The follow-ups of an incident in the order added, without dropped ones."""
    return session.exec(
        select(FollowUp)
        .where(FollowUp.incident_id == incident_id, FollowUp.state != State.DROPPED)
        .order_by(col(FollowUp.id))
    ).all()


def titles(session: Session, incident_id: int) -> list[str]:
    """The texts of the same follow-ups, each on one line."""
    return [" ".join(follow_up.text.split()) for follow_up in of_incident(session, incident_id)]


def have_owners(session: Session, incident: Incident) -> bool:
    """True if the incident has follow-ups and each has an owner."""
    items = of_incident(session, incident.number)
    return bool(items) and all(item.owner_id for item in items)


def counts(session: Session, incident_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return the numbers of open and of done follow-ups for each of these incidents."""
    is_open = sa.func.sum(sa.case((col(FollowUp.state) == State.OPEN, 1), else_=0))
    is_done = sa.func.sum(sa.case((col(FollowUp.state) == State.DONE, 1), else_=0))
    rows = session.exec(
        select(FollowUp.incident_id, is_open, is_done)
        .where(col(FollowUp.incident_id).in_(incident_ids))
        .group_by(col(FollowUp.incident_id))
    )
    return dict.fromkeys(incident_ids, (0, 0)) | {number: (opened, done) for number, opened, done in rows}


def incidents_with_open(session: Session, incident_ids: Collection[int]) -> set[int]:
    """Return those of these incidents that have open follow-ups."""
    query = select(FollowUp.incident_id).where(
        FollowUp.state == State.OPEN, col(FollowUp.incident_id).in_(incident_ids)
    )
    return set(session.exec(query.distinct()))


def open_of(session: Session, user_id: str) -> Sequence[tuple[FollowUp, Incident]]:
    """A person's open follow-ups over all incidents, including those to find an owner for, earliest first."""
    is_responsible = sa.or_(col(FollowUp.owner_id) == user_id, col(FollowUp.asked_id) == user_id)
    return _open_pairs(session, QUERY_LIMIT, is_responsible, _visible_to(user_id))


def numbers_for(session: Session, user_id: str) -> Sequence[int]:
    """The numbers of the open follow-ups about which this person is told, by incident, as they are locked."""
    responsible = sa.func.coalesce(col(FollowUp.owner_id), col(FollowUp.asked_id))
    query = select(FollowUp).where(FollowUp.state == State.OPEN, responsible == user_id)
    in_order = query.order_by(col(FollowUp.incident_id), col(FollowUp.id))
    return [follow_up.number for follow_up in session.exec(in_order)]


def overdue(session: Session, user_id: str, now: datetime) -> Sequence[tuple[FollowUp, Incident]]:
    """The late follow-ups over all incidents that this person may see, longest overdue first."""
    is_late = col(FollowUp.due_at) <= now - LATE_AFTER
    return _open_pairs(session, QUERY_LIMIT, is_late, _visible_to(user_id))


def public_open(session: Session, before: datetime, limit: int) -> Sequence[tuple[FollowUp, Incident]]:
    """The open follow-ups that everyone may see and that are due before a moment, earliest first."""
    return _open_pairs(session, limit, _is_public(), col(FollowUp.due_at) < before)


def public_counts(session: Session, now: datetime, since: datetime) -> tuple[int, int, int]:
    """Return the numbers of public follow-ups that are open, that are late, and that were done since a moment."""
    late_count = sa.func.sum(sa.case((col(FollowUp.due_at) <= now - LATE_AFTER, 1), else_=0))
    opened, overdue_now = session.exec(
        select(sa.func.count(), late_count)
        .select_from(FollowUp)
        .join(Incident, col(Incident.id) == col(FollowUp.incident_id))
        .where(FollowUp.state == State.OPEN, _is_public())
    ).one()
    done = session.exec(
        select(sa.func.count())
        .select_from(FollowUp)
        .join(Incident, col(Incident.id) == col(FollowUp.incident_id))
        .where(FollowUp.state == State.DONE, col(FollowUp.finished_at) >= since, _is_public())
    ).one()
    return opened, overdue_now or 0, done


def _is_public() -> sa.ColumnElement[bool]:
    return sa.and_(col(Incident.is_private).is_(False), col(Incident.is_drill).is_(False))


def _visible_to(user_id: str) -> sa.ColumnElement[bool]:
    takes_part = select(Participant.incident_id).where(Participant.user_id == user_id)
    return sa.or_(col(Incident.is_private).is_(False), col(Incident.id).in_(takes_part))


def _open_pairs(
    session: Session, limit: int, *where: sa.ColumnElement[bool]
) -> Sequence[tuple[FollowUp, Incident]]:
    return session.exec(
        select(FollowUp, Incident)
        .join(Incident, col(Incident.id) == col(FollowUp.incident_id))
        .where(FollowUp.state == State.OPEN, *where)
        .order_by(col(FollowUp.due_at), col(FollowUp.id))
        .limit(limit)
    ).all()


def due_reminders(session: Session, now: datetime) -> Sequence[int]:
    """The numbers of follow-ups whose reminder is due, longest waiting first."""
    return [follow_up.number for follow_up in due_rows(session, FollowUp, col(FollowUp.remind_at), now)]


# The beginning of the outbox keys of the weekly digests.
DIGEST_KEY = "followups:"
# The time of the next reminder of any follow-up.
NEXT_REMINDER = next_due(col(FollowUp.remind_at))


def overdue_at(session: Session, at: datetime) -> int:
    """Return how many were late and unfinished at a moment; a dropped one counts until it was dropped.

    Follow-ups of drills, and of declined or merged incidents, are not counted.
    """
    is_late = (col(FollowUp.due_at) <= at - LATE_AFTER, col(FollowUp.added_at) <= at)
    is_unfinished = sa.or_(col(FollowUp.finished_at).is_(None), col(FollowUp.finished_at) > at)
    query = (
        select(sa.func.count()).select_from(FollowUp).join(Incident, col(Incident.id) == col(FollowUp.incident_id))
    )
    return session.exec(query.where(*is_late, is_unfinished, incidents.is_counted())).one()


class FollowUpDigest(Row, table=True):
    """A week whose digest was posted or skipped."""

    __tablename__ = "follow_up_digests"

    week: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=utc_column(nullable=False))


# Built once, because it runs every second.
_WEEK = sa.select(col(FollowUpDigest.week)).where(col(FollowUpDigest.week) == sa.bindparam("of_week"))


def is_digest_settled(session: Session, due_at: datetime) -> bool:
    return session.connection().execute(_WEEK, {"of_week": _week(due_at)}).first() is not None


def is_first_digest(session: Session) -> bool:
    """True if there was no digest before; a new floor has no last week to report."""
    return session.exec(select(FollowUpDigest.week).limit(1)).first() is None


def mark_digest_settled(session: Session, due_at: datetime) -> bool:
    """Mark the week's digest as settled; False if another process has done so."""
    return insert_new(session, FollowUpDigest(week=_week(due_at), due_at=due_at))


def digests_since(session: Session, moment: datetime) -> Sequence[str]:
    """The weeks whose digest was due after a moment."""
    return session.exec(select(FollowUpDigest.week).where(col(FollowUpDigest.due_at) > moment)).all()


def _week(due_at: datetime) -> str:
    return f"{due_at:%Y-%m-%d}"
