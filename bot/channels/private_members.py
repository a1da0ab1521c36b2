"""Reads the members of private incidents' channels from Slack after a gap in listening."""

import logging

from sqlmodel import Session

from bot.incidents import incidents, participants
from bot.incidents.change import Change
from bot.incidents.events import MembersChanged
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)


def refresh_private_members(services: Services) -> None:
    """Reread the members of private incidents' channels: one may have been removed while no process listened."""
    with services.database.reading() as session:
        channels = incidents.private_channels(session)
    for number, channel_id in channels:
        try:
            members = services.slack.members(channel_id)
        except SlackRefused as refused:
            log.warning("members of a channel are not known", extra={"incident": number, "reason": str(refused)})
            continue
        with services.database.transaction() as session:
            change = private_change(session, services, number)
            left = set(participants.of_incident(session, number)).difference(members)
            participants.replace(session, number, members, utcnow())
            if change:
                change.publish(MembersChanged(left=tuple(sorted(left))))


def private_change(session: Session, services: Services, number: int) -> Change | None:
    """Lock a private incident before its members change; None for one of which everybody may read."""
    if not incidents.by_number(session, number).is_private:
        return None
    return Change(session, services, incidents.by_number_locked(session, number), "", utcnow())
