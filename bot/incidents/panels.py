"""The control panel of an incident; it works wherever it is shown, even if the incident has no channel."""

from datetime import datetime

from bot.incidents import forms
from bot.incidents.access import visible_incident
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.registry import Registry
from bot.services import Services
from bot.slack.blocks import Message


def incident_panel(services: Services, number: int, user_id: str, now: datetime) -> Message:
    incident = visible_incident(services, number, user_id)
    with services.database.reading() as session:
        due_at = services.get(Registry).ask(NEXT_UPDATE)(session, services, incident, None, None)
    return forms.panel(incident, due_at, now)
