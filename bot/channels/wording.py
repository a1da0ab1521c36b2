"""Messages about the time when the bot did not listen. Pure."""

INVITE_ME = "`/invite` me there and I will read it back. "


def gap_not_read(channel: str, since: str, until: str, reason: str, remedy: str) -> str:
    """The message to the incident's lead."""
    return (
        f"I did not listen to {channel} from {since} to {until}, and Slack does not show me what was said "
        f"({reason}). {remedy}`/incident note` writes down what matters of it."
    )
