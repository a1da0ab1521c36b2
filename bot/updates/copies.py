"""The copies of an update, by direct message and below partners' notices: they follow when it is amended.

In the transaction of the change, and by the means that brings them: a copy that was sent is edited where it stands,
one that was not goes out with the newer words.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.incidents.tables import Incident
from bot.partners import updates as partner_updates
from bot.services import Services
from bot.subscriptions import copies as subscribers
from bot.updates import tables


def follow(
    session: Session, services: Services, incident: Incident, audiences: Iterable[str], now: datetime
) -> None:
    """The copies of the last update to each audience say when the next one comes after all."""
    for audience in audiences:
        last = tables.last_composed(session, incident.number, audience)
        if last and audience in services.floor.audiences:
            subscribers.amend(session, services, incident, last, now)
            partner_updates.amend(session, services, incident, last, now)
