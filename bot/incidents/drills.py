"""Drills: incidents that are marked as drills everywhere, count in no figure and page nobody by themselves."""

from bot.errors import WatchfloorError
from bot.incidents.tables import Incident
from bot.services import Services

MARKS = {"en": "DRILL", "es": "SIMULACRO"}


class DrillPagesNobody(WatchfloorError):
    """This is a drill, so nobody is paged. Ask them in its channel; `drills: {{page: true}}` in `floor.yaml` lets
    drills page people."""


def may_page(services: Services, incident: Incident) -> bool:
    return not incident.is_drill or services.floor.drills.page


def check_may_page(services: Services, incident: Incident) -> None:
    """Refuse to page people for a drill unless `floor.yaml` allows it."""
    if not may_page(services, incident):
        raise DrillPagesNobody()


def drill_title(title: str, language: str) -> str:
    """The title prefixed with the drill mark in that language."""
    mark = MARKS.get(language, MARKS["en"])
    return title if title.startswith(f"{mark}:") else f"{mark}: {title}"
