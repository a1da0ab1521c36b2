"""Where an incident's figures came from, and when; which of them a later import corrected."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field
from sqlmodel import Session

from bot.impact import tables
from bot.impact.rules.assessment import Assessment
from bot.impact.tables import Import


class Origin(Struct):
    """Everything from one source by one person: a file, the form, a request."""

    # Empty if it was imported for another incident, which not every reader may see.
    source: str
    by: str
    at: datetime
    queues: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    corrected_at: datetime | None = None


def origins_of(session: Session, assessment: Assessment, number: int) -> list[Origin]:
    """The origins of an incident's figures, newest first."""
    pairs = assessment.actual_imports | assessment.correcting_imports
    imports = {each.number: each for each in tables.imports(session, {import_id for import_id, _ in pairs})}
    origins_by_key: dict[tuple[str, str], Origin] = {}
    for import_id, queue in assessment.actual_imports:
        if origin := _origin(origins_by_key, imports.get(import_id), number):
            origin.queues.add(queue)
    for import_id, queue in assessment.correcting_imports:
        import_row = imports.get(import_id)
        if (origin := _origin(origins_by_key, import_row, number)) and import_row and import_row.visible_at:
            origin.corrected.add(queue)
            origin.corrected_at = max(origin.corrected_at or import_row.visible_at, import_row.visible_at)
    return sorted(origins_by_key.values(), key=lambda origin: (origin.at, origin.source), reverse=True)


def _origin(origins_by_key: dict[tuple[str, str], Origin], import_row: Import | None, number: int) -> Origin | None:
    if import_row is None or import_row.visible_at is None:
        return None
    key = (import_row.source, import_row.by) if import_row.incident_id in (None, number) else ("", "")
    origin = origins_by_key.setdefault(key, Origin(*key, import_row.visible_at))
    origin.at = max(origin.at, import_row.visible_at)
    return origin


def people_of(origins: Iterable[Origin]) -> set[str]:
    """Every person who supplied figures."""
    return {origin.by for origin in origins if origin.by}
