"""When a partner is told, reminded and named, and which answers are valid. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from bot.errors import WatchfloorError
from bot.incidents.rules import quoted, ungrouped

# A notice leaves a little before its deadline, so that a slow minute at Slack does not break the promise.
LEAD_TIME = timedelta(minutes=2)
MAX_LEAD_FRACTION = 5
# A notice is kept up to date, so one sent within this time already says all that an update could.
NOTICE_SUFFICES = timedelta(minutes=5)
MAX_AGENTS = 100_000

_NUMBER, _AGENTS = r"(?P<agents>~?\d[\d.,]*)", r"(?:agents?|agentes?)"
_NUMBER_LAST = re.compile(rf"(?P<name>.+?)[\s,:]+{_NUMBER}(?:\s+{_AGENTS})?", re.IGNORECASE)
_NUMBER_FIRST = re.compile(rf"{_NUMBER}\s+(?:{_AGENTS}\s+)?(?P<name>.+)", re.IGNORECASE)
_AROUND_NUMBER = re.compile(rf"^(?:~|about |around |ca\. ?|unos |unas |aprox\. ?)|\s+{_AGENTS}$", re.IGNORECASE)


class State(StrEnum):
    """The state of a partner."""

    WAITING = "waiting"
    TOLD = "told"
    PHONED = "phoned"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"


class Answer(StrEnum):
    """A partner's answer."""

    NONE = ""
    RECEIVED = "received"
    AFFECTED = "affected"


class NextAction(StrEnum):
    """The next scheduled action for a partner."""

    NOTHING = ""
    TELL = "tell"
    # The notice is in the outbox: nothing is due until it has arrived or was refused.
    SEND = "send"
    REMIND = "remind"
    NAME = "name"


class UnknownPartner(WatchfloorError):
    """`{given}` is not a partner. `floor.yaml` names {known}."""


class PartnerMissing(WatchfloorError):
    """Name the partner, such as `/incident partners {example}`."""


class NoPartnerWaiting(WatchfloorError):
    """No partner of this incident is waiting for a notice. `/incident partners add NAME` adds one."""


class PartnerNeedsName(WatchfloorError):
    """Incident {number} is {what}, so partners are told only by name: `/incident partners tell {example}`."""


class NotThisChannel(WatchfloorError):
    """This notice is for another channel. Please use the buttons in the channel that it was sent to."""


class NotANumberOfAgents(WatchfloorError):
    """{hint}"""


def notice_due(declared_at: datetime, within: timedelta | None, now: datetime) -> datetime | None:
    """When a partner is told by the clock: before `within` of the declaration is over, but never in the past.

    The notice leaves two minutes early, or a fifth of `within` if that is shorter. None if nothing is promised.
    """
    if within is None:
        return None
    return max(now, declared_at + within - min(LEAD_TIME, within / MAX_LEAD_FRACTION))


def read_partner(typed: str, partner_names: Sequence[str]) -> str:
    """Return the partner whose name is closest to the typed one. Raises `UnknownPartner`."""
    by_name = {name.casefold(): name for name in partner_names}
    close_matches = get_close_matches(typed.strip().casefold(), by_name, n=1, cutoff=0.7)
    if not close_matches:
        raise UnknownPartner(given=quoted(typed), known=", ".join(partner_names) or "none")
    return by_name[close_matches[0]]


def name_and_agents(typed: str, partner_names: Sequence[str]) -> tuple[str, str]:
    """Split what was typed of a call: `Telvia 12`, `12 Telvia`, `Telvia ~12 agents`; a name may end in digits."""
    if typed.casefold() in (name.casefold() for name in partner_names):
        return typed, ""
    match = _NUMBER_LAST.fullmatch(typed) or _NUMBER_FIRST.fullmatch(typed)
    return (match["name"], match["agents"]) if match else (typed, "")


def read_agents(typed: str, hint: str = "") -> int | None:
    """Parse the number of affected agents, 0 to 100,000; None if empty. `hint` is the error's text."""
    text = typed.strip()
    if not text:
        return None
    digits = ungrouped(_AROUND_NUMBER.sub("", text))
    number = int(digits) if re.fullmatch(r"\d{1,6}", digits) else -1
    if not 0 <= number <= MAX_AGENTS:
        raise NotANumberOfAgents(hint=hint or "Please give a number, such as `12`, or leave it empty.")
    return number
