"""The checklist for the end of an incident: what should be known and done, as the nouns define it."""

from sqlmodel import Session

from bot.incidents import situation_tables
from bot.incidents.milestones import milestones_of
from bot.incidents.registry import ChecklistItem, Registry
from bot.incidents.situation import Certainty
from bot.incidents.tables import Incident
from bot.services import Services
from bot.timeline.milestones import MilestoneName

CAUSE, IMPACT, MILESTONES, FIGURES, LEDGER, FOLLOW_UPS = 10, 20, 25, 30, 40, 60
NEEDED_MILESTONES = (MilestoneName.STARTED, MilestoneName.DETECTED, MilestoneName.MITIGATED)


def checked(session: Session, services: Services, incident: Incident) -> list[tuple[str, bool]]:
    """The items that apply, in order, each with whether it is done."""
    items = sorted(services.get(Registry).checklist, key=lambda item: item.position)
    states = [(item.title, item.is_done(session, incident)) for item in items]
    return [(title, is_done) for title, is_done in states if is_done is not None]


def _has_cause(session: Session, incident: Incident) -> bool:
    return situation_tables.current(session, incident.number).certainty == Certainty.KNOWN


def _has_impact(session: Session, incident: Incident) -> bool:
    return bool(incident.impact)


def _has_milestones(session: Session, incident: Incident) -> bool:
    milestones = milestones_of(session, incident.number)
    return all(name in milestones for name in NEEDED_MILESTONES)


ITEMS = (
    ChecklistItem(CAUSE, "Cause known: `/incident brief`", _has_cause),
    ChecklistItem(IMPACT, "Impact described: `/incident impact`", _has_impact),
    ChecklistItem(
        MILESTONES, "When it started, was detected and was mitigated: `/incident milestones`", _has_milestones
    ),
)
