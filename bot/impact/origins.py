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
    pairs = assessment.told_by | assessment.restated_by
    imports = {each.number: each for each in tables.imports(session, {import_id for import_id, _ in pairs})}
    found: dict[tuple[str, str], Origin] = {}
    for import_id, queue in assessment.told_by:
        if origin := _origin(found, imports.get(import_id), number):
            origin.queues.add(queue)
    for import_id, queue in assessment.restated_by:
        its = imports.get(import_id)
        if (origin := _origin(found, its, number)) and its and its.visible_at:
            origin.corrected.add(queue)
            origin.corrected_at = max(origin.corrected_at or its.visible_at, its.visible_at)
    return sorted(found.values(), key=lambda origin: (origin.at, origin.source), reverse=True)


def _origin(found: dict[tuple[str, str], Origin], its: Import | None, number: int) -> Origin | None:
    if its is None or its.visible_at is None:
        return None
    key = (its.source, its.by) if its.incident_id in (None, number) else ("", "")
    origin = found.setdefault(key, Origin(*key, its.visible_at))
    origin.at = max(origin.at, its.visible_at)
    return origin


def people_of(origins: Iterable[Origin]) -> set[str]:
    """Every person who supplied figures."""
    return {origin.by for origin in origins if origin.by}
