"""What a person does in the workspace, in a person's words."""

from bot.sandbox.persons.outcomes import Answer, Click, Submission
from bot.sandbox.persons.person import Person

__all__ = ["Answer", "Click", "Person", "Submission"]
