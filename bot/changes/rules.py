"""Planned changes: what one must state, when reminders are sent, which incidents one may explain. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

# A change made this long before an incident, or planned this soon after it, may be related.
BEFORE, AFTER = timedelta(hours=24), timedelta(hours=2)
# The time from the change to its first reminder, and between reminders.
VERIFY_AFTER, REMIND_EVERY = timedelta(minutes=30), timedelta(hours=1)
# From this reminder on, the requester is reminded as well.
REQUESTER_FROM = 3
CLOCKS_DIFFER = timedelta(minutes=1)
LONGEST, LONGEST_TITLE = 600, 120


class Kind(StrEnum):
    """The kind of a change."""

    ROUTING = "routing"
    NESTING = "nesting"


TITLES = {Kind.ROUTING: "Routing", Kind.NESTING: "Nesting"}
GUIDANCE = {
    Kind.ROUTING: "Calls, chats or cases go another way",
    Kind.NESTING: "New agents take live contacts, or leave nesting",
}


class State(StrEnum):
    """The state of a change."""

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


class AlreadyMade(WatchfloorError):
    """The time of this change has passed, so it cannot be cancelled. Press *Rolled back* if it was undone."""


class Scope(Struct, frozen=True):
    """The sites, partners and types of a change or an incident; empty means all."""

    sites: Collection[str] = ()
    partners: Collection[str] = ()
    types: Collection[str] = ()


def check_people(requester: str, approver: str) -> None:
    """Raise `ApprovedByRequester` if one person is both requester and approver."""
    if requester == approver:
        raise ApprovedByRequester()


def check_planned_at(planned_at: datetime, now: datetime) -> None:
    """Raise `ChangeInThePast` if the change is more than a day old; a newer one may still explain an incident."""
    if planned_at < now - BEFORE:
        raise ChangeInThePast()


def check_answer(state: State, answer: State, planned_at: datetime, now: datetime) -> None:
    """Check that the answer is the first, cancels only before the change, and verifies or rolls back only after."""
    if state != State.PLANNED:
        raise AlreadyAnswered(state=state)
    is_made = planned_at <= now + CLOCKS_DIFFER
    if answer == State.CANCELLED and is_made:
        raise AlreadyMade()
    if answer != State.CANCELLED and not is_made:
        raise NotMadeYet()


def first_reminder(planned_at: datetime, now: datetime) -> datetime:
    """When to ask first whether the change works; for one recorded late, at once."""
    return max(planned_at + VERIFY_AFTER, now)


def next_reminder(remind_at: datetime, now: datetime) -> datetime:
    """The first hourly reminder after `now`; those that were missed are skipped."""
    return remind_at + ((now - remind_at) // REMIND_EVERY + 1) * REMIND_EVERY


def may_explain(change: Scope, incident: Scope) -> bool:
    """True if a change within the window may be related to an incident. It concerns every incident unless it names
    a site, a partner or a type; then one of those must be the incident's."""
    if not (change.sites or change.partners or change.types):
        return True
    return any(
        not set(change_names).isdisjoint(incident_names)
        for change_names, incident_names in (
            (change.sites, incident.sites),
            (change.partners, incident.partners),
            (change.types, incident.types),
        )
    )
