"""A local Slack workspace for a first try, for development and for tests; independent of the bot."""

from slack_sandbox.errors import NothingToClick, NotVisible
from slack_sandbox.person import Answer, Click, Person, Submission
from slack_sandbox.sandbox import Sandbox

__all__ = ["Answer", "Click", "NotVisible", "NothingToClick", "Person", "Sandbox", "Submission"]
