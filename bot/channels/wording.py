"""Messages about the time when the bot did not listen. Pure."""

from typing import Final

INVITE_ME = "`/invite` me there, and I will read them back. "
# The message to the incident's lead.
GAP_NOT_READ: Final = (
    "I missed the messages in {channel} from {since} to {until}, and Slack does not let me read them "
    "({reason}). {remedy}Record what matters with `/incident note`."
)
