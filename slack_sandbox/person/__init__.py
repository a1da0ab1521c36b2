"""What a person does in the workspace, in a person's words."""

from slack_sandbox.person.person import Person
from slack_sandbox.person.results import Answer, Click, Submission

__all__ = ["Answer", "Click", "Person", "Submission"]
