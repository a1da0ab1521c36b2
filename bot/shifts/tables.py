"""Shifts and the rosters they come from, and every query on them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot import directory
from bot.errors import WatchfloorError
from bot.runtime.database import Numbered, Row, insert_new, upsert, utc_column
from bot.shifts.rules import Duty, to_minute

# The source of shifts that people made here: by the form, or by taking over an open time.
BY_HAND = "by hand"
CONTACT, COVERAGE = "contact", "coverage"


class NoSuchShift(WatchfloorError):
    """That shift is no longer in the roster. `/incident oncall mine` shows yours."""

    es = "Ese turno ya no está en el cuadrante. `/incident oncall mine` muestra los tuyos."


class Shift(Numbered, table=True):
    """A shift: a person in a role, from when to when. `external_id` is its name in the roster it comes from."""

    __tablename__ = "shifts"
    __table_args__ = (
        sa.UniqueConstraint("source", "external_id"),
        sa.Index("ix_shifts_time", "ends_at", "starts_at"),
        sa.Index("ix_shifts_start", "starts_at"),
        sa.Index("ix_shifts_user", "user_id", "ends_at"),
    )

    source: str
    external_id: str
    # As the roster has it, and who that is in Slack, once known.
    person: str
    user_id: str | None = None
    role: str
    region: str = ""
    site: str = ""
    zone: str = "UTC"
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    # Whom the roster names, when two people agreed on somebody else.
    rostered: str = ""
    changed_at: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def holder(self) -> str:
        """What tells the person from every other."""
        return self.user_id or self.person

    @property
    def duty(self) -> Duty:
        """As rules know it."""
        times = to_minute(self.starts_at), to_minute(self.ends_at)
        return Duty(*times, self.holder, self.role, self.region, self.site)


class RosterState(Row, table=True):
    """What was last read of a roster: how much, and what of it was left out."""

    __tablename__ = "rosters"

    name: str = Field(primary_key=True)
    content_hash: str
    read_at: datetime = Field(sa_column=utc_column(nullable=False))
    by: str = ""
    shifts: int = 0
    left_out: list[list[str]] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    # Why the last reading failed; the shifts are those of the one before.
    error: str = ""


class ShiftClock(Row, table=True):
    """When something about the roster is looked at next."""

    __tablename__ = "shift_clocks"

    name: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=utc_column(nullable=False))


class Absence(Numbered, table=True):
    """A time at which a person is not available, whatever the roster says."""

    __tablename__ = "absences"
    __table_args__ = (sa.Index("ix_absences_user", "user_id", "ends_at"), sa.Index("ix_absences_ends", "ends_at"))

    user_id: str
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    kind: str
    note: str = ""
    by: str
    entered_at: datetime = Field(sa_column=utc_column(nullable=False))
    cancelled_at: datetime | None = Field(default=None, sa_column=utc_column())
    # When what the person was accountable for went to somebody else: due until it has.
    replaced_due_at: datetime | None = Field(default=None, sa_column=utc_column(index=True))


def get(session: Session, shift_id: int) -> Shift:
    """The shift of that number; `NoSuchShift` when there is none."""
    shift = session.get(Shift, shift_id, populate_existing=True)
    if shift is None:
        raise NoSuchShift()
    return shift


def locked(session: Session, shift_ids: Iterable[int]) -> list[Shift]:
    """Those shifts, kept from being changed by others; `NoSuchShift` when one is gone."""
    ids = sorted(set(shift_ids))
    query = select(Shift).where(col(Shift.id).in_(ids)).order_by(col(Shift.id)).with_for_update()
    shifts = session.exec(query.execution_options(populate_existing=True)).all()
    if len(shifts) != len(ids):
        raise NoSuchShift()
    return list(shifts)


def between(session: Session, start: datetime, end: datetime) -> Sequence[Shift]:
    """Every shift that touches that time, by its beginning."""
    touching = (col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    return session.exec(select(Shift).where(*touching).order_by(col(Shift.starts_at), col(Shift.id))).all()


def on_at(session: Session, moment: datetime, role: str = "", region: str = "") -> list[Shift]:
    """Who is on at a moment, the longest first; in a role and a region, if those are named.

    Those who are absent, or whose accounts are deactivated, are not on.
    """
    away = absent_at(session, moment)
    wanted = select(Shift).where(col(Shift.starts_at) <= moment, col(Shift.ends_at) > moment)
    if role:
        wanted = wanted.where(sa.func.lower(col(Shift.role)) == role.casefold())
    if region:
        wanted = wanted.where(sa.func.lower(col(Shift.region)) == region.casefold())
    shifts = session.exec(wanted.order_by(col(Shift.starts_at), col(Shift.id))).all()
    away |= directory.gone(session, (shift.user_id for shift in shifts if shift.user_id))
    return [shift for shift in shifts if shift.user_id not in away]


def absent_at(session: Session, moment: datetime) -> set[str]:
    """Who is absent at a moment."""
    query = select(Absence.user_id).where(
        col(Absence.ends_at) > moment, col(Absence.starts_at) <= moment, col(Absence.cancelled_at).is_(None)
    )
    return set(session.exec(query))


def absences_between(session: Session, start: datetime, end: datetime) -> Sequence[Absence]:
    """Absences that touch a time and were not taken back."""
    query = select(Absence).where(
        col(Absence.ends_at) > start, col(Absence.starts_at) < end, col(Absence.cancelled_at).is_(None)
    )
    return session.exec(query.order_by(col(Absence.starts_at), col(Absence.id))).all()


def absences_due(session: Session, now: datetime) -> Sequence[Absence]:
    """Absences that have begun and whose consequences are to be drawn."""
    return session.exec(select(Absence).where(col(Absence.replaced_due_at) <= now).order_by(col(Absence.id))).all()


NEXT_ABSENCE = sa.select(sa.func.min(col(Absence.replaced_due_at)))


def of_person(session: Session, user_id: str, start: datetime, end: datetime) -> Sequence[Shift]:
    """The shifts of a person that touch a time."""
    own = select(Shift).where(Shift.user_id == user_id, col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    return session.exec(own.order_by(col(Shift.starts_at))).all()


def of_source(session: Session, source: str, ending_after: datetime) -> Sequence[Shift]:
    """The shifts of a roster that end after a moment."""
    own = select(Shift).where(Shift.source == source, col(Shift.ends_at) > ending_after)
    return session.exec(own.order_by(col(Shift.id))).all()


def past_of_source(session: Session, source: str, external_ids: Collection[str]) -> Sequence[Shift]:
    """Those of the external ids that a roster used before."""
    own = select(Shift.id, Shift.external_id).where(Shift.source == source)
    again = [shift_id for shift_id, external_id in session.exec(own) if external_id in external_ids]
    return [session.get_one(Shift, shift_id) for shift_id in again]


def people_in_role(session: Session, role: str, since: datetime) -> Sequence[tuple[str, str]]:
    """Who was or will be on in a role since a moment, each with their regions."""
    query = select(Shift.user_id, Shift.region).where(
        sa.func.lower(col(Shift.role)) == role.casefold(),
        col(Shift.ends_at) > since,
        col(Shift.user_id).is_not(None),
    )
    return [(str(user_id), region) for user_id, region in session.exec(query.distinct())]


def next_boundary(session: Session, after: datetime) -> datetime | None:
    """When somebody comes on or goes off next."""
    starts = select(sa.func.min(col(Shift.starts_at))).where(col(Shift.starts_at) > after)
    ends = select(sa.func.min(col(Shift.ends_at))).where(col(Shift.ends_at) > after)
    away = select(sa.func.min(col(Absence.ends_at))).where(col(Absence.ends_at) > after)
    comes = select(sa.func.min(col(Absence.starts_at))).where(col(Absence.starts_at) > after)
    moments = [session.exec(query).one() for query in (starts, ends, away, comes)]
    return min((moment for moment in moments if moment), default=None)


def unknown_people(session: Session, after: datetime) -> Sequence[str]:
    """People of coming shifts whom Slack does not know."""
    unknown = select(Shift.person).where(col(Shift.user_id).is_(None), col(Shift.ends_at) > after)
    return session.exec(unknown.distinct().order_by(col(Shift.person))).all()


def roster_states(session: Session) -> Sequence[RosterState]:
    """Every roster that was ever read, by name."""
    return session.exec(select(RosterState).order_by(col(RosterState.name))).all()


def look_at(session: Session, name: str, at: datetime) -> None:
    """Look at it then, or before when it was due before."""
    clock = session.get(ShiftClock, name, populate_existing=True)
    if clock is None:
        insert_new(session, ShiftClock(name=name, due_at=at))
    elif at < clock.due_at:
        clock.due_at = at
        session.add(clock)


def begin(session: Session, now: datetime) -> None:
    """The first look, where there was none yet."""
    for name in (CONTACT, COVERAGE):
        insert_new(session, ShiftClock(name=name, due_at=now))


def set_clock(session: Session, name: str, at: datetime) -> None:
    """Look at it then, and not before."""
    session.flush()
    upsert(session, ShiftClock(name=name, due_at=at))
    session.expire_all()


def next_look(name: str) -> sa.Select[Any]:
    """When it is looked at next."""
    return sa.select(col(ShiftClock.due_at)).where(col(ShiftClock.name) == name)


def roster_changed(session: Session, now: datetime) -> None:
    """Who is on may differ from now on: the point of contact and the coverage are looked at at once."""
    for name in (CONTACT, COVERAGE):
        look_at(session, name, now)


def available_duties(session: Session, start: datetime, end: datetime) -> list[Duty]:
    """Everyone who is on and not absent, as rules know it."""
    away: dict[str, list[tuple[int, int]]] = {}
    for absence in absences_between(session, start, end):
        away.setdefault(absence.user_id, []).append((to_minute(absence.starts_at), to_minute(absence.ends_at)))
    # Columns, not rows of the mapper: a roster of two months has ten thousand.
    columns = (Shift.starts_at, Shift.ends_at, Shift.person, Shift.user_id, Shift.role, Shift.region, Shift.site)
    touching = (col(Shift.ends_at) > start, col(Shift.starts_at) < end)
    found = session.connection().execute(sa.select(*columns).where(*touching))  # type: ignore[call-overload]  # a list of columns
    return [
        part
        for starts_at, ends_at, person, user_id, *place in found
        for part in without_absences(
            Duty(to_minute(starts_at), to_minute(ends_at), user_id or person, *place), away.get(user_id or "", ())
        )
    ]


def without_absences(duty: Duty, away: Sequence[tuple[int, int]]) -> list[Duty]:
    """What is left of a shift."""
    if not away:
        return [duty]
    parts = [(duty.start, duty.end)]
    for start, end in away:
        parts = [
            piece
            for low, high in parts
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    rest = (duty.person, duty.role, duty.region, duty.site)
    return [Duty(low, high, *rest) for low, high in parts]
