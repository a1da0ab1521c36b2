"""Where a person begins: the home tab, `/incident` in any channel, the control panel."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from bot.config.floor import Floor
from bot.directory.lookup import person_of
from bot.incidents import forms, incidents, wording
from bot.incidents.access import visible_incident
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.parse import Payload
from bot.incidents.registry import Registry
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Message, context, section

MAX_INCIDENTS = 30
# The answer to `/incident` is read on a phone, above what was talked about in the channel.
MAX_INCIDENTS_AT_START = 5


def publish_home(services: Services, user_id: str) -> None:
    """Update a person's home tab."""
    person = person_of(services, user_id)
    if not person.may_act:
        text = wording.HOME_OF_GUESTS if person.is_guest and not person.is_stranger else wording.HOME_OF_STRANGERS
        services.slack.publish_home(user_id, [section(text)])
        return
    with services.database.reading() as session:
        blocks = forms.home(*_open_incidents(session, services, user_id, MAX_INCIDENTS))
    for part in services.get(Registry).home:
        blocks += part(services, user_id)
    blocks.append(context("`/incident help` lists every command."))
    services.slack.publish_home(user_id, blocks)


def start_screen(services: Services, user_id: str) -> Message:
    """What is open, as far as the person may see it, and the buttons to begin with."""
    with services.database.reading() as session:
        return forms.start(*_open_incidents(session, services, user_id, MAX_INCIDENTS_AT_START))


def _open_incidents(
    session: Session, services: Services, user_id: str, limit: int
) -> tuple[Sequence[Incident], Floor, int, Collection[int]]:
    """At most `limit` of the open incidents that a person may see, how many there are, and which nobody leads."""
    shown_incidents = incidents.active(session, user_id, limit=limit)
    is_cut = len(shown_incidents) == limit
    total = incidents.count_active(session, user_id) if is_cut else len(shown_incidents)
    return shown_incidents, services.floor, total, incidents.without_commander(session, shown_incidents)


def refresh_home(services: Services, event: Payload) -> None:
    """Refresh the home tab of a person who opened it."""
    user_id = event["user"]
    services.background.submit(f"home:{user_id}", partial(publish_home, services, user_id))


def incident_panel(services: Services, number: int, user_id: str, now: datetime) -> Message:
    incident = visible_incident(services, number, user_id)
    with services.database.reading() as session:
        due_at = services.get(Registry).ask(NEXT_UPDATE)(session, services, incident, None, None)
    return forms.panel(incident, due_at, now)
