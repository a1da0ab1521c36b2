"""Routing faults that a team is asked to look at: their states, and what is refused. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import WatchfloorError

LONGEST = 1_000


class State(StrEnum):
    """The state of a routing fault."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


# How a fault that is not open is described to the person who presses a button on its card.
PAST_STATES = {
    State.ANSWERED: "answered",
    State.WITHDRAWN: "taken back",
    State.ENDED: "ended with its incident",
}


class WrongMissing(WatchfloorError):
    """Describe what is wrong, such as `Billing calls in Spanish reach the English queue`."""


class DueInPast(WatchfloorError):
    """Choose a time in the future for the answer."""


class SinceInFuture(WatchfloorError):
    """The fault cannot have begun in the future."""


class ReplyMissing(WatchfloorError):
    """Type what was found or done."""


class NotOpen(WatchfloorError):
    """This was {state} {when}. `/incident routing` asks again."""


def check(wrong: str, since: datetime, answer_by: datetime, now: datetime, tolerance: timedelta) -> None:
    """Check that a fault says what is wrong and since when, and leaves time to answer."""
    if not wrong.strip():
        raise WrongMissing()
    if since > now + tolerance:
        raise SinceInFuture()
    if answer_by <= now:
        raise DueInPast()
