"""A local Slack workspace for a first try, for development and for tests; knows nothing of the bot."""

from bot.sandbox.errors import NothingToClick, NotVisible
from bot.sandbox.persons import Answer, Click, Person, Submission
from bot.sandbox.sandbox import Sandbox, serve

__all__ = ["Answer", "Click", "NotVisible", "NothingToClick", "Person", "Sandbox", "Submission", "serve"]
