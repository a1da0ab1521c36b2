"""A person, with the whole vocabulary."""

from slack_sandbox.persons.filling import Filling
from slack_sandbox.persons.gathering import Gathering
from slack_sandbox.persons.speaking import Speaking


class Person(Speaking, Gathering, Filling):
    """Speaks, gathers, clicks and fills in; one object is one person's hands and eyes."""

    def __repr__(self) -> str:
        return f"<{self.user.name}>"
