"""Every Web API call that the bot makes; Slack's errors for "already so" count as done."""

from bot.slack.channels import Channels
from bot.slack.files import Files
from bot.slack.messages import History, Messages
from bot.slack.people import People
from bot.slack.surfaces import Surfaces


class Gateway(Channels, Messages, Surfaces, People, Files, History):
    """Slack, for one workspace."""
