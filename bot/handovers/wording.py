"""Replies and messages about handovers of command and roles. Pure."""

from typing import Final

HELP_COMMAND = "`/incident handover @ana` command, with a summary · `/incident handover scribe @ana` a role at once"
HELP_SHIFT = (
    "`/incident handover shift` your shift, item by item · `/incident handover watch the trunks` · `/incident "
    "handover export`"
)
# What to do when a handover is no longer pending.
NOT_CHANGED_HANDS = "Command has not changed hands."
OFFER_AGAIN = "`/incident handover` offers command again."
YOU_KEEP_COMMAND = "You keep command."
# The message to the commander when the person with the offer has left the workspace.
RECIPIENT_GONE: Final = (
    "The account of {name} was deactivated, so you keep command of incident {number}. `/incident handover` in its "
    "channel offers it to somebody else."
)
# The reply to taking command.
YOU_COMMAND: Final = "You are in command of incident {number}. {duties}"
# The reply to handing a role over.
ROLE_HANDED_OVER: Final = "{person} is {role} now. Tell them aloud what matters before you leave."
# The reminder to the person who has not answered yet.
REMINDER: Final = (
    "⏰ {person} is waiting for you to take command of incident {number} ({where}), since {since}. Please answer"
    " with the buttons of that offer."
)
