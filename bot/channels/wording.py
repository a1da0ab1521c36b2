"""Messages about the time when the bot did not listen. Pure."""

INVITE_ME = "`/invite` me there, and I will read them back. "


def gap_not_read(channel: str, since: str, until: str, reason: str, remedy: str) -> str:
    """The message to the incident's lead."""
    return (
        f"I missed the messages in {channel} from {since} to {until}, and Slack does not let me read them "
        f"({reason}). {remedy}Record what matters with `/incident note`."
    )
