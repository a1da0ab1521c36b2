"""Emoji for files: Slack writes them by name between colons, which nothing but Slack shows as characters."""

import re

_NAME = re.compile(r"(?<!\w):([a-z0-9_+'-]+):(?!\w)")
# For colours, Slack's names begin with a size.
_SIZE = "large_"


def with_characters(text: str) -> str:
    """The text with the characters of the standard emoji in it; custom and unknown ones stay names."""
    return _NAME.sub(_character, text) if ":" in text else text


def _character(match: re.Match[str]) -> str:
    # Loaded only when a file has an emoji: it has a table of thousands.
    from rich.emoji import Emoji, NoEmoji

    for name in (match[1], match[1].removeprefix(_SIZE)):
        try:
            return str(Emoji(name))
        except NoEmoji:
            continue
    return match[0]
