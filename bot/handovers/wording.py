"""Replies and messages about handovers of command and roles. Pure."""

HELP_COMMAND = "`/incident handover @ana` command, with a summary · `/incident handover scribe @ana` a role at once"
HELP_SHIFT = (
    "`/incident handover shift` your shift, item by item · `/incident handover watch the trunks` · `/incident "
    "handover export`"
)
# What to do when a handover is no longer pending.
NOT_CHANGED_HANDS = "Command has not changed hands."
OFFER_AGAIN = "`/incident handover` offers command again."
YOU_KEEP_COMMAND = "You keep command."


def offered(person: str) -> str:
    """The reply to offering command."""
    return f"{person} has been asked to take command. You stay in command until they accept."


def you_command(number: int, duties: str) -> str:
    """The reply to taking command."""
    return f"You are in command of incident {number}. {duties}"


def question_sent(person: str) -> str:
    """The reply to sending a handover back."""
    return f"{person} has your question and stays in command."


def role_handed_over(person: str, role: str) -> str:
    """The reply to handing a role over."""
    return f"{person} is {role} now. Tell them aloud what matters before you leave."


def reminder(person: str, number: int, where: str, since: str) -> str:
    """The reminder to the person who has not answered yet."""
    return (
        f"⏰ {person} is waiting for you to take command of incident {number} ({where}), since {since}. Please "
        "answer with the buttons above."
    )
