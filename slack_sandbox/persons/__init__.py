"""What a person does in the workspace, in a person's words."""

from slack_sandbox.persons.outcomes import Answer, Click, Submission
from slack_sandbox.persons.person import Person

__all__ = ["Answer", "Click", "Person", "Submission"]
