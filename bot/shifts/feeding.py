"""Shifts from a source: a roster like any other, under the name of the source."""

import hashlib
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from bot.config.floor import Floor
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.shifts import importing
from bot.shifts.importing import Reading
from bot.shifts.reading.rows import LeftOut, ReadShift, objection
from bot.shifts.tables import RosterState
from bot.sources.port import Shift


def take(session: Session, services: Services, source: str, key: str, rows: Sequence[Shift]) -> None:
    """Replace the source's roster with these rows; without a change of rows or settings, at most once a day."""
    now = utcnow()
    settings = f"{services.floor.shifts.roles!r} {services.floor.shifts.people!r} {now:%Y-%m-%d}"
    content = hashlib.sha256(f"{sorted(map(repr, rows))} {settings}".encode()).hexdigest()[:32]
    state = session.get(RosterState, source)
    if state is None or state.content_hash != content or state.error:
        reading = Reading(source, list(_read_rows(rows, services.floor)), "", now, content)
        importing.replace_shifts(session, services, reading)


def _read_rows(rows: Sequence[Shift], floor: Floor) -> Iterator[ReadShift | LeftOut]:
    titles = {title.casefold(): name for name, title in floor.shifts.roles.items()}
    for row in rows:
        role = titles.get(row.role.casefold(), row.role.casefold())
        reason = objection(row.starts_at, row.ends_at)
        if role not in floor.shifts.roles:
            role_names = ", ".join(sorted(floor.shifts.roles)) or "none yet"
            reason = f"names no role of floor.yaml (`shifts: roles`: {role_names})"
        if reason:
            yield LeftOut(f"{row.person}, {row.starts_at:%d %B %Y %H:%M} UTC", reason)
        else:
            yield ReadShift(
                external_id=row.external_id,
                person=row.person.casefold() if "@" in row.person else row.person,
                role=role,
                region=row.region,
                site=row.site,
                zone=row.zone,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
            )
