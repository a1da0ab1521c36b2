"""The page's sentences for refused actions."""

from slack_sandbox.errors import NothingToClick, NotVisible, Refused


class Failed(Exception):
    """The action had no effect; the argument says why."""


REFUSALS = (Failed, NotVisible, NothingToClick, PermissionError, LookupError, Refused)
_SENTENCES = {
    "name_taken": "There is a channel of that name already.",
    "already_reacted": "You have reacted with that already.",
    "cant_archive_general": "#general cannot be archived.",
}


def sentence(refusal: Exception) -> str:
    """The sentence for a person whose action was refused."""
    if isinstance(refusal, Refused):
        return _SENTENCES.get(refusal.error, f"Slack refuses that: {refusal.error}.")
    if isinstance(refusal, KeyError):
        return "That is not there any more."
    return str(refusal)
