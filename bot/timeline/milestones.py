"""Milestones of an incident, read from its entries: the first sign of each, or what people put right. Pure.

Nothing is kept beside the timeline, so a corrected or hidden entry moves the milestone that rests on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import WatchfloorError


class Name(StrEnum):
    """The milestones, in the order in which they can only happen."""

    STARTED = "started"
    DETECTED = "detected"
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    FIRST_UPDATE = "first_update"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


KIND = "milestone"
# How an incident was noticed: contact-centre floors tell these apart.
DETECTED_BY = ("alert", "floor", "customer", "partner", "other")
# Which entry is the first sign of which milestone; `status` and `reopened` are looked at in `_signs`.
SIGNS = {
    "declared": Name.DECLARED,
    "on_my_way": Name.ACKNOWLEDGED,
    "role_taken": Name.ACKNOWLEDGED,
    "role_given": Name.ACKNOWLEDGED,
    "update_sent": Name.FIRST_UPDATE,
    "resolved": Name.RESOLVED,
    "closed": Name.CLOSED,
}
KINDS = (*SIGNS, "status", "reopened", "shortcut_message", KIND)
MITIGATED_BY = ("mitigated", "monitoring")
# What must not come before what. The first update and the acknowledgement may come in either order, an update
# even after the end, and an incident may be declared when it is mitigated already.
NOT_BEFORE = (
    (Name.STARTED, Name.DETECTED),
    (Name.STARTED, Name.MITIGATED),
    (Name.STARTED, Name.RESOLVED),
    (Name.DETECTED, Name.DECLARED),
    (Name.DETECTED, Name.ACKNOWLEDGED),
    (Name.STARTED, Name.DECLARED),
    (Name.STARTED, Name.ACKNOWLEDGED),
    (Name.DECLARED, Name.FIRST_UPDATE),
    (Name.DECLARED, Name.RESOLVED),
    (Name.DECLARED, Name.CLOSED),
    (Name.MITIGATED, Name.RESOLVED),
    (Name.RESOLVED, Name.CLOSED),
)
CLOCKS_DIFFER = timedelta(minutes=1)


class ImpossibleOrder(WatchfloorError):
    """That cannot be: it would have been {later} before it was {earlier}. Put {wrong} right first, or choose
    another time."""


class NotYet(WatchfloorError):
    """That time is still to come. Give the time when it happened."""


class ReasonMissing(WatchfloorError):
    """Please say why: a milestone is only changed with a reason, because figures rest on it."""


class Entry(Protocol):
    """What is needed of an entry."""

    kind: str
    at: datetime
    actor_id: str | None
    facts: dict[str, Any]

    @property
    def number(self) -> int: ...


@dataclass(frozen=True)
class Milestone:
    """When something was reached, how we know (`basis`, and for the detection `how`), and which entry proves it."""

    name: Name
    at: datetime
    entry: int
    by: str | None = None
    basis: str = ""
    how: str = ""
    is_estimated: bool = False
    is_corrected: bool = False


Milestones = Mapping[Name, Milestone]


@dataclass
class _Reading:
    """The milestones while the entries are read one after the other."""

    found: dict[Name, Milestone] = field(default_factory=dict)
    put_right: dict[Name, Milestone] = field(default_factory=dict)

    def sign(self, name: Name, entry: Entry, **more: Any) -> None:
        self.found.setdefault(name, Milestone(name, entry.at, entry.number, entry.actor_id, **more))

    def forget(self, *names: Name) -> None:
        for name in names:
            self.found.pop(name, None)
            self.put_right.pop(name, None)


def read(entries: Iterable[Entry]) -> dict[Name, Milestone]:
    """The milestones that these entries (those of `KINDS`, in order) tell of; what is not known is not there."""
    reading = _Reading()
    for entry in entries:
        if entry.kind == KIND:
            reading.put_right[Name(entry.facts["milestone"])] = _by_people(entry)
        else:
            _read_sign(reading, entry)
    return {name: found for name in Name if (found := reading.put_right.get(name) or reading.found.get(name))}


def _by_people(entry: Entry) -> Milestone:
    facts = entry.facts
    name = Name(facts["milestone"])
    return Milestone(
        name=name,
        at=datetime.fromisoformat(facts["reached_at"]),
        entry=entry.number,
        by=entry.actor_id,
        basis=facts.get("reason", ""),
        how=facts.get("how", ""),
        is_estimated=name == Name.STARTED,
        is_corrected=True,
    )


def _read_sign(reading: _Reading, entry: Entry) -> None:
    if entry.kind == "shortcut_message":
        # Somebody wrote of it before it was declared: then it was noticed by then, and had begun by then.
        reading.sign(Name.STARTED, entry, basis="the message it was declared from", is_estimated=True)
        reading.sign(Name.DETECTED, entry, basis="the message it was declared from", how="floor")
    elif entry.kind == "reopened":
        reading.forget(Name.RESOLVED, Name.CLOSED)
    elif entry.kind == "status":
        # People set only open ones: one that was resolved is not over after all.
        reading.forget(Name.RESOLVED, Name.CLOSED)
        if entry.facts.get("new") in MITIGATED_BY:
            reading.sign(Name.MITIGATED, entry)
    elif entry.kind in SIGNS:
        reading.sign(SIGNS[entry.kind], entry)


def check(known: Milestones, name: Name, at: datetime, now: datetime) -> None:
    """Refuse a time that cannot be true beside the others: `NotYet`, `ImpossibleOrder`. A minute's grace, for
    people write minutes and machines write seconds."""
    if at > now + CLOCKS_DIFFER:
        raise NotYet()
    times = {other: milestone.at for other, milestone in known.items()} | {name: at}
    for earlier, later in NOT_BEFORE:
        if name not in (earlier, later) or earlier not in times or later not in times:
            continue
        if times[later] + CLOCKS_DIFFER <= times[earlier]:
            wrong = earlier if name == later else later
            raise ImpossibleOrder(later=SAID[later], earlier=SAID[earlier], wrong=f"“{TITLES[wrong]}”")


SAID = {
    Name.STARTED: "started",
    Name.DETECTED: "detected",
    Name.DECLARED: "declared",
    Name.ACKNOWLEDGED: "acknowledged",
    Name.FIRST_UPDATE: "told of",
    Name.MITIGATED: "mitigated",
    Name.RESOLVED: "resolved",
    Name.CLOSED: "closed",
}
TITLES = {
    Name.STARTED: "Started",
    Name.DETECTED: "Detected",
    Name.DECLARED: "Declared",
    Name.ACKNOWLEDGED: "Acknowledged",
    Name.FIRST_UPDATE: "First update",
    Name.MITIGATED: "Mitigated",
    Name.RESOLVED: "Resolved",
    Name.CLOSED: "Closed",
}


def between(known: Milestones, start: Name, end: Name) -> timedelta | None:
    """The time from one milestone to another; None when one of them is not known."""
    first, last = known.get(start), known.get(end)
    return last.at - first.at if first and last else None


def unknown(known: Milestones) -> Sequence[Name]:
    """Which are not known."""
    return [name for name in Name if name not in known]
