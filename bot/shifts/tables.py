"""Shifts, the rosters they come from, and their queries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import directory
from bot.errors import WatchfloorError, require
from bot.runtime.database import Numbered, Row, insert_new, upsert, utc_column
from bot.shifts import absence_tables
from bot.shifts.absence_tables import Absence
from bot.shifts.comparing import RosterShift
from bot.shifts.rules import Duty, to_minute

# The source of shifts created here, by the form or by taking an open time.
BY_HAND = "by hand"
CONTACT, COVERAGE = "contact", "coverage"
IDS_AT_ONCE = 500


class NoSuchShift(WatchfloorError):
    """That shift is no longer in the roster. `/incident oncall mine` shows yours."""

    es = "Ese turno ya no está en el cuadrante. `/incident oncall mine` muestra los tuyos."


class Shift(Numbered, table=True):
    """A shift: a person in a role for a time. `external_id` is its name in the roster that it comes from."""

    __tablename__ = "shifts"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_id"),
        sa.Index("ix_shifts_time", "ends_at", "starts_at"),
        sa.Index("ix_shifts_start", "starts_at"),
        sa.Index("ix_shifts_user", "user_id", "ends_at"),
    )

    source: str
    external_id: str
    # The name in the roster, and the Slack id once known.
    person: str
    user_id: str | None = None
    role: str
    region: str = ""
    site: str = ""
    zone: str = "UTC"
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    # The person named by the roster, if a swap gave the shift to somebody else.
    rostered: str = ""
    changed_at: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def holder(self) -> str:
        """What identifies the person: the Slack id if known, otherwise the name."""
        return self.user_id or self.person

    @property
    def duty(self) -> Duty:
        """The shift as the rules need it."""
        times = to_minute(self.starts_at), to_minute(self.ends_at)
        return Duty(*times, self.holder, self.role, self.region, self.site)


class RosterState(Row, table=True):
    """The last reading of a roster: the number of shifts, and the entries left out."""

    __tablename__ = "rosters"

    name: str = Field(primary_key=True)
    content_hash: str
    read_at: datetime = Field(sa_column=utc_column(nullable=False))
    by: str = ""
    shifts: int = 0
    left_out: list[list[str]] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # Why the last reading failed; the shifts are then those of the reading before it.
    error: str = ""


class ShiftClock(Row, table=True):
    """When a periodic check of the rosters is due next."""

    __tablename__ = "shift_clocks"

    name: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=utc_column(nullable=False))


_ROSTER_COLUMNS = (
    *("external_id", "person", "user_id", "rostered", "role", "region", "site", "zone"),
    *("starts_at", "ends_at", "changed_at"),
)


def is_entered(session: Session, shift: Shift) -> bool:
    """True if a shift with its id in its source is there already."""
    query = select(Shift.id).where(Shift.source == shift.source, Shift.external_id == shift.external_id)
    return session.exec(query).first() is not None


def get(session: Session, shift_id: int) -> Shift:
    """Return the shift of this number. Raises `NoSuchShift`."""
    return require(session.get(Shift, shift_id, populate_existing=True), NoSuchShift)


def locked(session: Session, shift_ids: Iterable[int]) -> list[Shift]:
    """Return the shifts, locked until the transaction ends. Raises `NoSuchShift` if one is gone."""
    ids = sorted(set(shift_ids))
    query = select(Shift).where(col(Shift.id).in_(ids)).order_by(col(Shift.id)).with_for_update()
    shifts = session.exec(query.execution_options(populate_existing=True)).all()
    if len(shifts) != len(ids):
        raise NoSuchShift()
    return list(shifts)


def between(session: Session, start: datetime, end: datetime) -> Sequence[Shift]:
    """Every shift that touches the period, by start."""
    touches_period = (col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    return session.exec(select(Shift).where(*touches_period).order_by(col(Shift.starts_at), col(Shift.id))).all()


def on_at(session: Session, moment: datetime, role: str = "", region: str = "") -> list[Shift]:
    """The shifts that are on at a moment, earliest start first; in a role and a region, if given.

    Shifts of absent people, of deactivated accounts and of people who are not known in Slack are left out.
    """
    query = select(Shift).where(col(Shift.starts_at) <= moment, col(Shift.ends_at) > moment)
    # Compared here, because SQLite knows no capital letters but those of ASCII.
    shifts = [
        shift
        for shift in session.exec(query.order_by(col(Shift.starts_at), col(Shift.id)))
        if (not role or shift.role.casefold() == role.casefold())
        and (not region or shift.region.casefold() == region.casefold())
    ]
    return of_available(session, shifts, moment)


def of_available(session: Session, shifts: Collection[Shift], moment: datetime) -> list[Shift]:
    """Those of the shifts whose person is known in Slack, not absent at a moment, and not deactivated."""
    unavailable = absence_tables.absent_at(session, moment)
    unavailable |= directory.gone(session, (shift.user_id for shift in shifts if shift.user_id))
    return [shift for shift in shifts if shift.user_id and shift.user_id not in unavailable]


def of_person(session: Session, user_id: str, start: datetime, end: datetime) -> Sequence[Shift]:
    """The shifts of a person that touch a period, by start."""
    query = select(Shift).where(Shift.user_id == user_id, col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    return session.exec(query.order_by(col(Shift.starts_at))).all()


def known_shifts(
    session: Session, source: str, external_ids: Iterable[str], ending_after: datetime
) -> list[RosterShift]:
    """The shifts of a roster that end after a moment, and all with one of these external ids.

    A shift that was over may be in the roster again, at another time.
    """
    # Columns instead of mapped rows, because a roster may have fifty thousand shifts.
    columns: list[Any] = [getattr(Shift, name) for name in (*_ROSTER_COLUMNS, "id")]
    of_source, connection = sa.select(*columns).where(col(Shift.source) == source), session.connection()
    rows = list(connection.execute(of_source.where(col(Shift.ends_at) > ending_after).order_by(col(Shift.id))))
    known_ids = {row.external_id for row in rows}
    other_ids = [external_id for external_id in external_ids if external_id not in known_ids]
    for start in range(0, len(other_ids), IDS_AT_ONCE):
        is_asked_for = col(Shift.external_id).in_(other_ids[start : start + IDS_AT_ONCE])
        rows += connection.execute(of_source.where(is_asked_for))
    return [
        RosterShift(
            shift_id=row.id,
            seen_changed_at=row.changed_at,
            **{name: getattr(row, name) for name in _ROSTER_COLUMNS},
        )
        for row in rows
    ]


def people_in_role(session: Session, role: str, since: datetime) -> Sequence[tuple[str, str]]:
    """People with shifts in a role that end after a moment, as pairs of user id and region."""
    query = select(Shift.user_id, Shift.region, Shift.role).where(
        col(Shift.ends_at) > since, col(Shift.user_id).is_not(None)
    )
    return [
        (str(user_id), region)
        for user_id, region, its_role in session.exec(query.distinct())
        if its_role.casefold() == role.casefold()
    ]


def next_boundary(session: Session, after: datetime) -> datetime | None:
    """When the next shift or absence starts or ends."""
    shift_starts = select(sa.func.min(col(Shift.starts_at))).where(col(Shift.starts_at) > after)
    shift_ends = select(sa.func.min(col(Shift.ends_at))).where(col(Shift.ends_at) > after)
    absence_ends = select(sa.func.min(col(Absence.ends_at))).where(col(Absence.ends_at) > after)
    absence_starts = select(sa.func.min(col(Absence.starts_at))).where(col(Absence.starts_at) > after)
    moments = [session.exec(query).one() for query in (shift_starts, shift_ends, absence_ends, absence_starts)]
    return min((moment for moment in moments if moment), default=None)


def unknown_people(session: Session, after: datetime) -> Sequence[str]:
    """People in current and coming shifts who are not known in Slack."""
    query = select(Shift.person).where(col(Shift.user_id).is_(None), col(Shift.ends_at) > after)
    return session.exec(query.distinct().order_by(col(Shift.person))).all()


def roster_states(session: Session) -> Sequence[RosterState]:
    """The state of every roster that was ever read, by name."""
    return session.exec(select(RosterState).order_by(col(RosterState.name))).all()


def begin(session: Session, now: datetime) -> None:
    """Schedule the first checks, unless there are clocks already."""
    for name in (CONTACT, COVERAGE):
        insert_new(session, ShiftClock(name=name, due_at=now))


def set_clock(session: Session, name: str, at: datetime) -> None:
    """Schedule the next check at `at`, replacing any other time."""
    upsert(session, ShiftClock(name=name, due_at=at))
    session.expire_all()


def next_check(name: str) -> sa.Select[Any]:
    """The query for when a check is due next."""
    return sa.select(col(ShiftClock.due_at)).where(col(ShiftClock.name) == name)


def roster_changed(session: Session, now: datetime) -> None:
    """Schedule immediate checks of the point of contact and the coverage, as shifts or absences change.

    To be called first in a transaction: the clocks are locked before all else, as the checks do, so that neither is
    undone by the other, and the change is made after a check or before it.
    """
    for name in (CONTACT, COVERAGE):
        if not insert_new(session, ShiftClock(name=name, due_at=now)):
            due_at = sa.case((col(ShiftClock.due_at) > now, now), else_=col(ShiftClock.due_at))
            update = sa.update(ShiftClock).where(col(ShiftClock.name) == name)
            session.connection().execute(update.values(due_at=due_at))
