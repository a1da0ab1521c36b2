"""What one may subscribe to, and whose words a subscriber gets. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import WatchfloorError
from bot.incidents.rules import quoted, read_severity

EVERYTHING = ("everything", "all")


class NothingNamed(WatchfloorError):
    """Say what you want to hear of: a severity, a type or a site, such as `/incident subscribe S1 Manila` (S1 and
    graver), or `everything`. In an incident's channel `/incident subscribe` alone means that incident."""


class UnknownScope(WatchfloorError):
    """`{given}` is no severity, type or site. There are S0 to S4, the types {types}, and the sites {sites}."""


class PrivateStays(WatchfloorError):
    """Incident {number} is private: its words stay in its channel, so nobody gets them by direct message."""


class OnlyWhatYouSee(WatchfloorError):
    """Guests may subscribe only to incidents whose channel they are in: type `/incident subscribe` there."""


@dataclass(frozen=True)
class Scope:
    """What a standing subscription is about; an empty part means any. `severity` means that one and graver."""

    severity: str = ""
    type: str = ""
    site: str = ""

    @property
    def key(self) -> str:
        """What tells it from the person's other subscriptions."""
        return f"{self.severity}|{self.type}|{self.site}"


def covers(scope: Scope, severity: str, kind: str, sites: Iterable[str]) -> bool:
    """Does the scope speak of such an incident? S0 is the gravest: who wants S2 wants S0 to S2."""
    return (
        (not scope.severity or severity <= scope.severity)
        and (not scope.type or kind == scope.type)
        and (not scope.site or scope.site in sites)
    )


def read_scope(given: str, types: Mapping[str, str], sites: Sequence[str]) -> Scope:
    """`S1 Manila`, `telephony`, `everything` as a scope; types by their name or title, in any case."""
    if given.strip().casefold() in EVERYTHING:
        return Scope()
    rest, severity = _severity(given)
    rest, kind = _named(rest, {name: name for name in types} | {title: name for name, title in types.items()})
    rest, site = _named(rest, {name: name for name in sites})
    if rest.strip(" ,+&"):
        raise UnknownScope(given=quoted(rest), types=", ".join(types), sites=", ".join(sites) or "none")
    if not (severity or kind or site):
        raise NothingNamed()
    return Scope(severity, kind, site)


def _severity(given: str) -> tuple[str, str]:
    found = re.search(r"(?<!\S)(?:s|sev|p)-?\d{1,3}(?!\S)", given, re.IGNORECASE)
    if found is None:
        return given, ""
    return given[: found.start()] + given[found.end() :], read_severity(found[0])


def _named(given: str, known: Mapping[str, str]) -> tuple[str, str]:
    """The longest known name that stands in `given`, and what is left without it."""
    for name in sorted(known, key=len, reverse=True):
        written = re.escape(name).replace("_", "[ _-]")
        if found := re.search(rf"(?<!\w){written}(?!\w)", given, re.IGNORECASE):
            return given[: found.start()] + given[found.end() :], known[name]
    return given, ""


def audience_of(own: Iterable[str], told: Sequence[str], inside: Sequence[str]) -> str | None:
    """Whose words a person gets: of the audiences they belong to the first that is told, else the first one inside.

    `told` are the audiences that hear of this incident at all, in the floor's order; `inside` are not outside the
    company. None when nobody is told anything.
    """
    mine = set(own)
    return next((name for name in told if name in mine), next((name for name in told if name in inside), None))
