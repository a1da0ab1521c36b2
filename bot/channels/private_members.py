"""Who is in the channels of private incidents, read from Slack after nobody listened for a while."""

import logging

from bot.incidents import incidents, participants
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)


def refresh_private_members(services: Services) -> None:
    """Who is in the channels of private incidents: somebody may have been removed while nobody listened."""
    with services.database.reading() as session:
        channels = incidents.private_channels(session)
    for number, channel_id in channels:
        try:
            members = services.slack.members(channel_id)
        except SlackRefused as refused:
            log.warning("members of a channel are not known", extra={"incident": number, "reason": str(refused)})
            continue
        with services.database.transaction() as session:
            participants.replace(session, number, members, utcnow())
