"""Rules for merging and relating incidents, and for naming one. Pure."""

import re
from typing import Protocol

from bot.errors import WatchfloorError, require
from bot.incidents.rules import ACTIVE, check_may_change


class WhichIncident(WatchfloorError):
    """Please say which incident, such as `/incident {word} 12`. `/incident list` shows their numbers."""


class MergedIntoItself(WatchfloorError):
    """This is incident {number}. Name the incident to merge it into."""


class TargetOver(WatchfloorError):
    """Incident {number} is {status}, so nothing can be merged into it. `/incident reopen` there opens it again."""


class WouldReveal(WatchfloorError):
    """Incident {number} is private and incident {into} is not: merging would show everyone that it exists. Close it
    with `/incident close` instead."""


class TargetPrivate(WatchfloorError):
    """Incident {into} is private and this one is not. Make this one private first, with `/incident private`."""


class RelatedToItself(WatchfloorError):
    """This is incident {number}. Name another one that it is related to."""


class BothPrivate(WatchfloorError):
    """Both incidents are private and may have different people, so neither may name the other."""


class MergeFacts(Protocol):
    """The facts about an incident that the rules need."""

    status: str
    is_private: bool

    @property
    def number(self) -> int: ...


def check_may_merge(incident: MergeFacts, target: MergeFacts) -> None:
    """Allow merging only an active incident into another active one, both private or both public.

    A merged incident is no longer active, so there can be no cycle.
    """
    if incident.number == target.number:
        raise MergedIntoItself(number=target.number)
    check_may_change(incident.number, incident.status)
    if target.status not in ACTIVE:
        raise TargetOver(number=target.number, status=target.status)
    if incident.is_private and not target.is_private:
        raise WouldReveal(number=incident.number, into=target.number)
    if target.is_private and not incident.is_private:
        raise TargetPrivate(into=target.number)


def check_may_relate(incident: MergeFacts, other: MergeFacts) -> None:
    """Allow relating only two different incidents, at least one of them public: a private one is never named
    outside."""
    if incident.number == other.number:
        raise RelatedToItself(number=other.number)
    if incident.is_private and other.is_private:
        raise BothPrivate()


def read_reference(reference: str, subcommand: str) -> tuple[int | None, str | None]:
    """Parse a reference: `12`, `#12` or `inc-12-ivr-down` as a number, a channel mention as the channel's id."""
    mention = re.match(r"\s*<#([CG][A-Z0-9]+)(?:\|[^<>]*)?>", reference)
    if mention:
        return None, mention[1]
    number_match = re.match(r"\s*(?:#?(?:inc|drill)-|#)?(\d{1,18})(?![\w])", reference)
    return int(require(number_match, WhichIncident, word=subcommand)[1]), None
