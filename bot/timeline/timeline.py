"""Writes and reads the timeline."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.errors import require
from bot.runtime.database import insert_new
from bot.timeline import log, wording
from bot.timeline.tables import NoSuchEntry, TimelineEntry

READ_AT_ONCE = 500
# The author of entries about what nobody did.
WATCHFLOOR_ITSELF = "watchfloor"
# Built once, because every click runs it.
_INSERT_ENTRY: sa.Insert = (
    sa.insert(TimelineEntry.__table__)  # type: ignore[attr-defined]  # SQLModel's tables are known only at run time
    .values({name: sa.bindparam(name) for name in ("incident_id", "at", "kind", "actor_id", "facts")})
    .values(is_marked=sa.bindparam("is_marked"), is_shown=sa.bindparam("is_shown"))
    .returning(sa.literal_column("id"))
)


def append(
    session: Session, incident_id: int, kind: str, at: datetime, actor_id: str | None = None, **facts: Any
) -> int:
    """Append an entry. Return its number."""
    columns = {"incident_id": incident_id, "at": at, "kind": kind, "actor_id": actor_id, "facts": facts}
    columns |= {"is_marked": False, "is_shown": True}
    number = int(session.connection().execute(_INSERT_ENTRY, columns).scalar_one())
    log.note_added(session, number, columns, by=actor_id)
    return number


def append_once(
    session: Session,
    incident_id: int,
    source_key: str,
    kind: str,
    at: datetime,
    actor_id: str | None = None,
    **facts: Any,
) -> bool:
    """Append an entry whose event may be reported or done twice; False if it is already recorded."""
    entry = TimelineEntry(
        incident_id=incident_id, kind=kind, at=at, actor_id=actor_id, facts=facts, source_key=source_key
    )
    return add_once(session, entry)


def add_once(session: Session, entry: TimelineEntry) -> bool:
    """Add an entry unless one from the same source exists; False if one does."""
    if not insert_new(session, entry):
        return False
    log.record_change(session, entry, log.Operation("added", by=entry.actor_id))
    return True


def entries(session: Session, incident_id: int) -> Sequence[TimelineEntry]:
    """All shown entries, by time and then in the order they were recorded."""
    return session.exec(_shown(incident_id).order_by(col(TimelineEntry.at), col(TimelineEntry.id))).all()


def _shown(incident_id: int) -> SelectOfScalar[TimelineEntry]:
    return select(TimelineEntry).where(
        TimelineEntry.incident_id == incident_id, col(TimelineEntry.is_shown).is_(True)
    )


# Built once, because every update runs it.
_SHOWN_ENTRIES = select(TimelineEntry).where(
    TimelineEntry.incident_id == sa.bindparam("of_incident"), col(TimelineEntry.is_shown).is_(True)
)
_OF_KINDS = col(TimelineEntry.kind).in_(sa.bindparam("kinds", expanding=True))
_IN_ORDER = (col(TimelineEntry.at), col(TimelineEntry.id))
_SINCE = _SHOWN_ENTRIES.where(col(TimelineEntry.at) > sa.bindparam("moment"), _OF_KINDS).order_by(*_IN_ORDER)
_MARKED = _SHOWN_ENTRIES.where(col(TimelineEntry.is_marked).is_(True)).order_by(*_IN_ORDER)
_LAST = (
    select(TimelineEntry)
    .where(TimelineEntry.incident_id == sa.bindparam("of_incident"), _OF_KINDS)
    .order_by(col(TimelineEntry.id).desc())
    .limit(1)
)


def since(session: Session, incident_id: int, moment: datetime, kinds: Sequence[str]) -> Sequence[TimelineEntry]:
    """The shown entries of those kinds after a moment, in order."""
    parameters = {"of_incident": incident_id, "moment": moment, "kinds": list(kinds)}
    return session.exec(_SINCE, params=parameters).all()


def of_kinds(session: Session, incident_id: int, kinds: Sequence[str]) -> Sequence[TimelineEntry]:
    """The shown entries of those kinds, in order."""
    return session.exec(
        _shown(incident_id)
        .where(col(TimelineEntry.kind).in_(kinds))
        .order_by(col(TimelineEntry.at), col(TimelineEntry.id))
    ).all()


def last_of(session: Session, incident_id: int, kinds: Sequence[str]) -> TimelineEntry | None:
    """The newest entry of one of those kinds."""
    return session.exec(_LAST, params={"of_incident": incident_id, "kinds": list(kinds)}).first()


def last_act_at(session: Session, incident_id: int) -> datetime | None:
    """When a person last did, said or recorded something; Watchfloor's own entries do not count."""
    return session.exec(
        select(sa.func.max(TimelineEntry.at)).where(
            TimelineEntry.incident_id == incident_id,
            col(TimelineEntry.actor_id).is_not(None),
            col(TimelineEntry.actor_id) != WATCHFLOOR_ITSELF,
        )
    ).one()


def resolution(session: Session, incident_id: int) -> str:
    """What solved the incident, as corrected since; empty if the entry is hidden or does not say."""
    resolved_entry = last_of(session, incident_id, ("resolved",))
    if resolved_entry is None or not resolved_entry.is_shown:
        return ""
    return str(wording.corrected_facts(resolved_entry).get("reason") or "")


def with_labels(session: Session, incident_id: int, labels: Sequence[str]) -> Sequence[TimelineEntry]:
    """The shown entries with one of those labels (decision, ruled out …): notes and marked messages, in order."""
    has_label = sa.or_(col(TimelineEntry.label).in_(labels), col(TimelineEntry.kind).in_(labels))
    return session.exec(
        _shown(incident_id).where(has_label).order_by(col(TimelineEntry.at), col(TimelineEntry.id))
    ).all()


def marked(session: Session, incident_id: int) -> Sequence[TimelineEntry]:
    """The shown entries marked as important, in order."""
    return session.exec(_MARKED, params={"of_incident": incident_id}).all()


def get(session: Session, incident_id: int, number: int) -> TimelineEntry:
    """Return one entry of an incident. Raises `NoSuchEntry`."""
    return require(session.exec(_numbered(incident_id, number)).first(), NoSuchEntry, number=number)


def locked(session: Session, incident_id: int, number: int) -> TimelineEntry:
    """Return the same entry, locked until the transaction ends."""
    query = _locked_query(_numbered(incident_id, number))
    return require(session.exec(query).first(), NoSuchEntry, number=number)


def _numbered(incident_id: int, number: int) -> SelectOfScalar[TimelineEntry]:
    return select(TimelineEntry).where(TimelineEntry.incident_id == incident_id, TimelineEntry.id == number)


def _locked_query(query: SelectOfScalar[TimelineEntry]) -> SelectOfScalar[TimelineEntry]:
    return query.with_for_update().execution_options(populate_existing=True)


def by_source(session: Session, incident_id: int, source_key: str) -> TimelineEntry | None:
    return session.exec(_from_source(incident_id, source_key)).first()


def locked_by_source(session: Session, incident_id: int, source_key: str) -> TimelineEntry | None:
    """Return the same entry, locked until the transaction ends."""
    return session.exec(_locked_query(_from_source(incident_id, source_key))).first()


def _from_source(incident_id: int, source_key: str) -> SelectOfScalar[TimelineEntry]:
    return select(TimelineEntry).where(
        TimelineEntry.incident_id == incident_id, TimelineEntry.source_key == source_key
    )


def all_rows(session: Session, incident_id: int) -> Iterator[TimelineEntry]:
    """Yield every row of an incident, including hidden ones, without loading them all at once."""
    rows = select(TimelineEntry).where(TimelineEntry.incident_id == incident_id).order_by(col(TimelineEntry.id))
    yield from session.exec(rows.execution_options(yield_per=READ_AT_ONCE))
