"""The channel in which administrators are told of problems with the bot."""

from bot.directory.lookup import channel_id
from bot.errors import TryLater
from bot.services import Services
from bot.slack.errors import SlackRefused


def administrators_channel_id(services: Services) -> str | None:
    """The id of the administrators' channel; None if the floor has none or Slack does not let the bot in now."""
    name = services.floor.administrators_channel
    if name is None:
        return None
    try:
        return channel_id(services, name)
    except (SlackRefused, TryLater):
        return None
