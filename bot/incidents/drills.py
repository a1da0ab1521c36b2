"""A drill is an incident that is marked as one everywhere, counts in no figure, and calls nobody by itself."""

from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.services import Services

MARKS = {"en": "DRILL", "es": "SIMULACRO"}


class DrillPagesNobody(WatchfloorError):
    """This is a drill, so nobody is paged. Ask them in its channel; `drills: {{page: true}}` in `floor.yaml` lets
    drills page people."""


def may_page(services: Services, incident: Incident) -> bool:
    """May people be called to this incident?"""
    return not incident.is_drill or services.floor.drills.page


def check_may_page(services: Services, incident: Incident) -> None:
    """Refuse to call people to a drill unless the floor's file allows it."""
    if not may_page(services, incident):
        raise DrillPagesNobody()


def drill_title(title: str, language: str) -> str:
    """The title with the mark of a drill in front, in the floor's language."""
    mark = MARKS.get(language, MARKS["en"])
    return title if title.startswith(f"{mark}:") else f"{mark}: {title}"
