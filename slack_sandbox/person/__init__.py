"""A person of the workspace: the test API for commands, clicks, forms and channels."""

from slack_sandbox.person.person import Person
from slack_sandbox.person.results import Answer, Click, Submission

__all__ = ["Answer", "Click", "Person", "Submission"]
