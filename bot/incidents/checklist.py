"""What should be known and done at the end of an incident, as far as its nouns say so."""

from sqlmodel import Session

from bot.incidents.milestones import milestones_of
from bot.incidents.registry import ChecklistItem, Registry
from bot.incidents.tables import Incident
from bot.services import Services
from bot.timeline.milestones import MilestoneName

IMPACT, MILESTONES, FIGURES, LEDGER, FOLLOW_UPS = 20, 25, 30, 40, 60
NEEDED_MILESTONES = (MilestoneName.STARTED, MilestoneName.DETECTED, MilestoneName.MITIGATED)


def checked(session: Session, services: Services, incident: Incident) -> list[tuple[str, bool]]:
    """Each item that applies, in its place, and whether it is done."""
    items = sorted(services.get(Registry).checklist, key=lambda item: item.place)
    states = [(item.title, item.is_done(session, incident)) for item in items]
    return [(title, is_done) for title, is_done in states if is_done is not None]


def _has_impact(session: Session, incident: Incident) -> bool:
    return bool(incident.impact)


def _has_milestones(session: Session, incident: Incident) -> bool:
    known = milestones_of(session, incident.number)
    return all(name in known for name in NEEDED_MILESTONES)


ITEMS = (
    ChecklistItem(IMPACT, "Impact described: `/incident impact`", _has_impact),
    ChecklistItem(
        MILESTONES, "When it started, was detected and was mitigated: `/incident milestones`", _has_milestones
    ),
)
