"""The differences between a roster and its shifts: staged in short transactions, then made to count in one.

What is staged changes nothing. An import that is interrupted leaves it behind, and the next import removes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict
from sqlmodel import Field, Session

from bot.runtime.database import Numbered, utc_column
from bot.shifts.comparing import RosterShift
from bot.shifts.tables import Shift

# An import takes seconds: what is older was left behind by a process that is gone.
ABANDONED_AFTER = timedelta(hours=1)


class Overtaken(Exception):
    """The shifts have changed since the roster was compared with them."""


class StagedShift(Numbered, table=True):
    """A new, changed or removed shift of a roster that is being imported."""

    __tablename__ = "staged_shifts"
    __table_args__ = (sa.Index("ix_staged_shifts_import", "import_key", "shift_id"),)

    # One for each import, so that two replicas may import at the same time.
    import_key: str
    staged_at: datetime = Field(sa_column=utc_column(nullable=False))
    # The shift to change, and when it had last changed as the roster was compared; both None for a new one.
    shift_id: int | None = None
    seen_changed_at: datetime | None = Field(default=None, sa_column=utc_column())
    is_removed: bool = False
    external_id: str
    person: str
    user_id: str | None = None
    rostered: str
    role: str
    region: str
    site: str
    zone: str
    starts_at: datetime = Field(sa_column=utc_column(nullable=False))
    ends_at: datetime = Field(sa_column=utc_column(nullable=False))
    changed_at: datetime = Field(sa_column=utc_column(nullable=False))


_STAGED: sa.Table = StagedShift.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_SHIFTS: sa.Table = Shift.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_FACTS = (
    "external_id",
    "person",
    "user_id",
    "rostered",
    "role",
    "region",
    "site",
    "zone",
    "starts_at",
    "ends_at",
    "changed_at",
)
_OURS = _STAGED.c.import_key == sa.bindparam("our_key")
# The shift is as it was when the roster was compared with it.
_IS_SEEN = sa.and_(_STAGED.c.shift_id == _SHIFTS.c.id, _STAGED.c.seen_changed_at == _SHIFTS.c.changed_at)
_DELETE = sa.delete(_SHIFTS).where(
    _SHIFTS.c.id.in_(sa.select(_STAGED.c.shift_id).where(_OURS, _STAGED.c.is_removed.is_(True))),
    sa.exists().where(_OURS, _IS_SEEN),
)
_CHANGE = (
    sa.update(_SHIFTS)
    .where(_OURS, _STAGED.c.is_removed.is_(False), _IS_SEEN)
    .values({name: _STAGED.c[name] for name in _FACTS})
)
_ADD = (
    sa.insert(_SHIFTS)
    .from_select(
        ["source", *_FACTS],
        sa.select(sa.bindparam("source", type_=_SHIFTS.c.source.type), *(_STAGED.c[name] for name in _FACTS))
        .where(_OURS, _STAGED.c.shift_id.is_(None))
        .order_by(_STAGED.c.id),
        include_defaults=False,
    )
    .execution_options(preserve_rowcount=True)
)
_CLEAR = sa.delete(_STAGED).where(
    sa.or_(_OURS, _STAGED.c.staged_at < sa.bindparam("abandoned_at", type_=_STAGED.c.staged_at.type))
)


def stage(session: Session, key: str, differences: Sequence[RosterShift], now: datetime) -> None:
    """Stage some differences for the import of this key."""
    values: list[dict[str, Any]] = [{"import_key": key, "staged_at": now, **asdict(each)} for each in differences]
    session.connection().execute(sa.insert(_STAGED), values)


def apply(session: Session, source: str, key: str, differences: Sequence[RosterShift], now: datetime) -> None:
    """Change the shifts of a roster as staged. Raises `Overtaken` if one was changed meanwhile."""
    removed = sum(each.is_removed for each in differences)
    added = sum(each.shift_id is None for each in differences)
    expected_counts = [removed, len(differences) - removed - added, added]
    parameters = {"our_key": key, "source": source}
    session.flush()
    connection = session.connection()
    counts = [connection.execute(statement, parameters).rowcount for statement in (_DELETE, _CHANGE, _ADD)]
    if counts != expected_counts:
        raise Overtaken()
    connection.execute(_CLEAR, {"our_key": key, "abandoned_at": now - ABANDONED_AFTER})
    session.expire_all()
