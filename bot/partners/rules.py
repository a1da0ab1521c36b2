"""When a partner is told, reminded and named, and what its people may answer. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from bot.errors import WatchfloorError
from bot.incidents.rules import quoted

# A notice leaves a little before it must have arrived, so that a slow minute of Slack's does not break the promise.
AHEAD = timedelta(minutes=2)
AHEAD_AT_MOST = 5
MOST_AGENTS = 100_000


class State(StrEnum):
    """Where a partner stands."""

    WAITING = "waiting"
    TOLD = "told"
    PHONED = "phoned"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"


class Answer(StrEnum):
    """What a partner said."""

    NONE = ""
    RECEIVED = "received"
    AFFECTED = "affected"


class Act(StrEnum):
    """What the clock does next about a partner."""

    NOTHING = ""
    TELL = "tell"
    # The notice is in the outbox: nothing is due until it has arrived or was refused.
    SEND = "send"
    REMIND = "remind"
    NAME = "name"


class UnknownPartner(WatchfloorError):
    """`{given}` is not a partner. `floor.yaml` names {known}."""


class NobodyToTell(WatchfloorError):
    """No partner of this incident waits for a notice. `/incident partners add NAME` adds one."""


class PrivateByName(WatchfloorError):
    """Incident {number} is private, so partners are told only by name: `/incident partners tell {example}`."""


class NotYours(WatchfloorError):
    """This notice is for another channel. Please use the buttons in the channel that it was sent to."""


class NotAgents(WatchfloorError):
    """{hint}"""


def notice_due(declared_at: datetime, within: timedelta | None, now: datetime) -> datetime | None:
    """When a partner is told by the clock: before `within` of the declaration is over, but never in the past.

    The notice leaves two minutes ahead, of a short promise a fifth of it. None when nothing is promised.
    """
    if within is None:
        return None
    return max(now, declared_at + within - min(AHEAD, within / AHEAD_AT_MOST))


def read_partner(given: str, known: Sequence[str]) -> str:
    """A partner from how people write it."""
    by_name = {name.casefold(): name for name in known}
    near = get_close_matches(given.strip().casefold(), by_name, n=1, cutoff=0.7)
    if not near:
        raise UnknownPartner(given=quoted(given), known=", ".join(known) or "none")
    return by_name[near[0]]


def read_agents(given: str, hint: str = "") -> int | None:
    """How many agents are affected, 0 to 100,000; None when nobody counted. `hint` says what is expected."""
    words = given.strip()
    if not words:
        return None
    found = re.fullmatch(r"(?:~|about |ca\. ?)?(\d{1,3}(?:[ ,.']\d{3})+|\d{1,6})", words)
    number = int(re.sub(r"\D", "", found[1])) if found else -1
    if not 0 <= number <= MOST_AGENTS:
        raise NotAgents(hint=hint or "Please give a number, such as `12`, or leave it empty.")
    return number
