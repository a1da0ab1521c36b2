"""Planned changes: what a change must say, when somebody is reminded, which incidents it may explain. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

# A change that was made so long before an incident, or is planned so soon after, may have to do with it.
BEFORE, AFTER = timedelta(hours=24), timedelta(hours=2)
# The first reminder comes so long after the change, the next ones after one another.
VERIFY_AFTER, REMIND_EVERY = timedelta(minutes=30), timedelta(hours=1)
# From this reminder on the requester gets it as well.
REQUESTER_FROM = 3
CLOCKS_DIFFER = timedelta(minutes=1)
LONGEST, LONGEST_TITLE = 600, 120


class Kind(StrEnum):
    """What is changed."""

    ROUTING = "routing"
    NESTING = "nesting"


TITLES = {Kind.ROUTING: "Routing", Kind.NESTING: "Nesting"}
GUIDANCE = {
    Kind.ROUTING: "Calls, chats or cases go another way",
    Kind.NESTING: "New agents take live contacts, or leave nesting",
}


class State(StrEnum):
    """Where a change stands."""

    PLANNED = "planned"
    VERIFIED = "verified"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"


class ApprovedByRequester(WatchfloorError):
    """The requester cannot approve the change. Choose another person as approver."""


class ChangeInThePast(WatchfloorError):
    """That time is more than a day ago. Check the date."""


class AlreadyAnswered(WatchfloorError):
    """This change is {state} already."""


class NotMadeYet(WatchfloorError):
    """This change is planned for later. Cancel it, or wait until it is made."""


class MadeAlready(WatchfloorError):
    """The time of this change has passed, so it cannot be cancelled. Press *Rolled back* if it was undone."""


class Scope(Struct, frozen=True):
    """What a change or an incident is about; empty means everything."""

    sites: Collection[str] = ()
    partners: Collection[str] = ()
    types: Collection[str] = ()


def check_people(requester: str, approver: str) -> None:
    """Raise `ApprovedByRequester` unless two people stand behind a change."""
    if requester == approver:
        raise ApprovedByRequester()


def check_planned_at(planned_at: datetime, now: datetime) -> None:
    """A change may be recorded up to a day late: until then it may explain an incident."""
    if planned_at < now - BEFORE:
        raise ChangeInThePast()


def check_answer(state: State, answer: State, planned_at: datetime, now: datetime) -> None:
    """A change is verified or rolled back once it was made, and cancelled before; each only once."""
    if state != State.PLANNED:
        raise AlreadyAnswered(state=state)
    is_made = planned_at <= now + CLOCKS_DIFFER
    if answer == State.CANCELLED and is_made:
        raise MadeAlready()
    if answer != State.CANCELLED and not is_made:
        raise NotMadeYet()


def first_reminder(planned_at: datetime, now: datetime) -> datetime:
    """When somebody is asked first whether the change works; one that is recorded late is asked about soon."""
    return max(planned_at + VERIFY_AFTER, now)


def next_reminder(remind_at: datetime, now: datetime) -> datetime:
    """The first hourly reminder after `now`; those that were missed are skipped."""
    return remind_at + ((now - remind_at) // REMIND_EVERY + 1) * REMIND_EVERY


def may_explain(change: Scope, incident: Scope) -> bool:
    """May a change within the window have to do with an incident? It concerns everyone unless it names a site, a
    partner or a type; then one of those must be the incident's."""
    if not (change.sites or change.partners or change.types):
        return True
    return any(
        not set(mine).isdisjoint(theirs)
        for mine, theirs in (
            (change.sites, incident.sites),
            (change.partners, incident.partners),
            (change.types, incident.types),
        )
    )
