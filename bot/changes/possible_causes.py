"""Changes that may explain an incident: shown when its channel opens and in handovers."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.changes import rules, tables, views
from bot.changes.rules import Scope
from bot.changes.tables import PlannedChange
from bot.incidents.change import Change
from bot.incidents.events import ChannelOpened
from bot.incidents.tables import Incident
from bot.services import Services


def show(change: Change, event: ChannelOpened) -> None:
    """Post the changes made or planned around then in a new incident's channel."""
    changes = _around(change.session, change.incident)
    if changes and change.incident.channel_id:
        text = views.possible_causes(changes, change.now)
        key = f"changes:{change.number}"
        outbox.post(change.session, key, change.incident.channel_id, text, change.now, incident_id=change.number)


def lines(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """The same changes, for a handover."""
    return [views.line(change, now) for change in _around(session, incident)]


def _around(session: Session, incident: Incident) -> list[PlannedChange]:
    scope = Scope(incident.sites, incident.partners, () if incident.type == "other" else (incident.type,))
    changes = tables.around(session, incident.declared_at)
    return [change for change in changes if rules.may_explain(change.scope, scope)]
