"""Where the administrators hear of what is not as it should be."""

from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.services import Services
from bot.slack.errors import SlackRefused


def administrators_channel_id(services: Services) -> str | None:
    """The id of their channel; None when the floor has none, or Slack does not let the bot into it now."""
    name = services.floor.administrators_channel
    if name is None:
        return None
    try:
        return channel_id(services, name)
    except (SlackRefused, TryLater):
        return None
