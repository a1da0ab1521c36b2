"""What can be subscribed to, and which audience's wording a subscriber gets. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from bot.errors import WatchfloorError
from bot.incidents.rules import quoted, read_severity

EVERYTHING = ("everything", "all")
SEVERITIES = re.compile(r"(?<!\S)(?:[sp]-?|sev(?:erity)?[\s-]?)\d{1,3}(?![^\s,;+&])", re.IGNORECASE)
BETWEEN_NAMES = re.compile(r"(?<!\S)(?:and|or)(?!\S)|[\s,;+&]", re.IGNORECASE)


class ScopeMissing(WatchfloorError):
    """Say what you want to hear about: a severity, a type or a site, such as `/incident subscribe S1 Manila` (S1
    and graver), or `everything`. In an incident's channel `/incident subscribe` alone means that incident."""


class UnknownScope(WatchfloorError):
    """`{given}` is not a severity, type or site. Choose from S0 to S4, the types {types}, and the sites {sites}."""


class PrivateIncident(WatchfloorError):
    """Incident {number} is private: only people in its channel can see it, so nobody gets its updates elsewhere."""


class OnlyYourChannels(WatchfloorError):
    """Guests may subscribe only to incidents whose channel they are in: type `/incident subscribe` there."""


class Scope(Struct, frozen=True):
    """What a standing subscription covers; an empty part means any. `severity` means that one and graver."""

    severity: str = ""
    type: str = ""
    site: str = ""

    @property
    def key(self) -> str:
        """Unique among the user's subscriptions."""
        return f"{self.severity}|{self.type}|{self.site}"


def read_scope(typed_scope: str, types: Mapping[str, str], sites: Sequence[str]) -> Scope:
    """`S1 Manila`, `telephony`, `everything` as a scope; types by their name or title, in any case.

    Of several severities the least grave counts: it includes the others.
    """
    if typed_scope.strip().casefold() in EVERYTHING:
        return Scope()
    remaining_text, severity = _split_severity(typed_scope)
    remaining_text, type_name = _split_name(
        remaining_text, {name: name for name in types} | {title: name for name, title in types.items()}
    )
    remaining_text, site = _split_name(remaining_text, {name: name for name in sites})
    if BETWEEN_NAMES.sub("", remaining_text):
        raise UnknownScope(given=quoted(remaining_text), types=", ".join(types), sites=", ".join(sites) or "none")
    if not (severity or type_name or site):
        raise ScopeMissing()
    return Scope(severity, type_name, site)


def _split_severity(text: str) -> tuple[str, str]:
    severities = [read_severity(typed) for typed in SEVERITIES.findall(text)]
    return SEVERITIES.sub("", text), max(severities, default="")


def _split_name(text: str, values_by_name: Mapping[str, str]) -> tuple[str, str]:
    """Take the longest known name out of `text`; return the rest, and what the name stands for."""
    for name in sorted(values_by_name, key=len, reverse=True):
        pattern = re.escape(name).replace("_", "[ _-]")
        if match := re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE):
            return text[: match.start()] + text[match.end() :], values_by_name[name]
    return text, ""


def choose_audience(own: Iterable[str], informed: Sequence[str], inside: Sequence[str]) -> str | None:
    """The audience whose wording a user gets: the first informed one they belong to, else the first one inside.

    `informed` are the audiences that are told of this incident at all, in the floor's order; `inside` are those
    within the company. None if there is neither.
    """
    own_audiences = set(own)
    return next(
        (name for name in informed if name in own_audiences),
        next((name for name in informed if name in inside), None),
    )
