"""Answers about follow-ups. Pure."""

HELP = (
    "`/incident followup @ana what is to be done` writes it down · `/incident followups` lists it, `mine` and "
    "`overdue` over all incidents"
)
UNKNOWN_TEXT = "Do what this message asks for"
ADDED_ALREADY = "It has been added already."


def added_as(number: int) -> str:
    """The answer when it was added before."""
    return f"It is follow-up {number} already."


def added(number: int, owner: str, due: str) -> str:
    """The answer to a new follow-up."""
    return f"Follow-up {number} added: {owner}, due {due}."


def finished_already(number: int, state: str) -> str:
    """The answer when nothing changes."""
    return f"Follow-up {number} is {state} already."


def open_already(number: int) -> str:
    """The answer when nothing changes."""
    return f"Follow-up {number} is open already."


def due_already(number: int, due: str) -> str:
    """The answer when nothing changes."""
    return f"Follow-up {number} is due {due} already."


def unowned_already(number: int) -> str:
    """The answer when nothing changes."""
    return f"Nobody has follow-up {number}; it is no longer yours."


def yours_already(number: int) -> str:
    """The answer when nothing changes."""
    return f"Follow-up {number} is yours already."
