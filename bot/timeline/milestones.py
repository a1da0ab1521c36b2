"""Milestones of an incident, derived from its entries: the first sign of each, or a correction by a user. Pure.

Nothing is stored outside the timeline, so correcting or hiding an entry moves the milestone based on it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct, field

from bot.errors import WatchfloorError


class MilestoneName(StrEnum):
    """The milestones, in their usual order."""

    STARTED = "started"
    DETECTED = "detected"
    DECLARED = "declared"
    ACKNOWLEDGED = "acknowledged"
    FIRST_UPDATE = "first_update"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


KIND = "milestone"
# How an incident was noticed, as contact-centre floors distinguish it.
DETECTED_BY = ("alert", "floor", "customer", "partner", "other")
# The kinds of entry that first show a milestone; `_read_sign` handles `status` and `reopened`.
FIRST_SIGNS = {
    "declared": MilestoneName.DECLARED,
    "on_my_way": MilestoneName.ACKNOWLEDGED,
    "role_taken": MilestoneName.ACKNOWLEDGED,
    "role_given": MilestoneName.ACKNOWLEDGED,
    "update_sent": MilestoneName.FIRST_UPDATE,
    "resolved": MilestoneName.RESOLVED,
    "closed": MilestoneName.CLOSED,
}
KINDS = (*FIRST_SIGNS, "status", "reopened", "shortcut_message", "alert_fired", KIND)
MITIGATED_STATUSES = ("mitigated", "monitoring")
# Pairs that must be in this order. The first update and the acknowledgement may come in either order, an update
# even after the end, and an incident may be declared when it is already mitigated.
ORDER = (
    (MilestoneName.STARTED, MilestoneName.DETECTED),
    (MilestoneName.STARTED, MilestoneName.MITIGATED),
    (MilestoneName.STARTED, MilestoneName.RESOLVED),
    (MilestoneName.DETECTED, MilestoneName.DECLARED),
    (MilestoneName.DETECTED, MilestoneName.ACKNOWLEDGED),
    (MilestoneName.STARTED, MilestoneName.DECLARED),
    (MilestoneName.STARTED, MilestoneName.ACKNOWLEDGED),
    (MilestoneName.DECLARED, MilestoneName.FIRST_UPDATE),
    (MilestoneName.DECLARED, MilestoneName.RESOLVED),
    (MilestoneName.DECLARED, MilestoneName.CLOSED),
    (MilestoneName.MITIGATED, MilestoneName.RESOLVED),
    (MilestoneName.RESOLVED, MilestoneName.CLOSED),
)
CLOCK_TOLERANCE = timedelta(minutes=1)


class ImpossibleOrder(WatchfloorError):
    """That cannot be: it would have been {later} before it was {earlier}. Put {wrong} right first, or choose
    another time."""


class MilestoneInFuture(WatchfloorError):
    """That time is still to come. Give the time when it happened."""


class ReasonMissing(WatchfloorError):
    """Please say why: a milestone is only changed with a reason, because figures rest on it."""


class Entry(Protocol):
    """The part of an entry used here."""

    kind: str
    at: datetime
    actor_id: str | None
    facts: dict[str, Any]

    @property
    def number(self) -> int: ...


class Milestone(Struct, frozen=True):
    """When a milestone was reached, its evidence (`basis`; `how` for the detection), and the entry it rests on."""

    name: MilestoneName
    at: datetime
    entry: int
    by: str | None = None
    basis: str = ""
    how: str = ""
    is_estimated: bool = False
    is_corrected: bool = False


Milestones = Mapping[MilestoneName, Milestone]


class _MilestoneReader(Struct):
    """The milestones found so far while reading the entries."""

    inferred: dict[MilestoneName, Milestone] = field(default_factory=dict)
    set_by_hand: dict[MilestoneName, Milestone] = field(default_factory=dict)

    def add_first(self, name: MilestoneName, entry: Entry, **details: Any) -> None:
        self.inferred.setdefault(name, Milestone(name, entry.at, entry.number, entry.actor_id, **details))

    def forget(self, *names: MilestoneName) -> None:
        for name in names:
            self.inferred.pop(name, None)
            self.set_by_hand.pop(name, None)


def milestones_from(entries: Iterable[Entry]) -> dict[MilestoneName, Milestone]:
    """Return the milestones found in these entries (those of `KINDS`, in order); unknown ones are left out."""
    reader = _MilestoneReader()
    for entry in entries:
        if entry.kind == KIND:
            reader.set_by_hand[MilestoneName(entry.facts["milestone"])] = _set_by_hand(entry)
        else:
            _read_sign(reader, entry)
    return {
        name: milestone
        for name in MilestoneName
        if (milestone := reader.set_by_hand.get(name) or reader.inferred.get(name))
    }


def _set_by_hand(entry: Entry) -> Milestone:
    facts = entry.facts
    name = MilestoneName(facts["milestone"])
    return Milestone(
        name=name,
        at=datetime.fromisoformat(facts["reached_at"]),
        entry=entry.number,
        by=entry.actor_id,
        basis=facts.get("reason", ""),
        how=facts.get("how", ""),
        is_estimated=name == MilestoneName.STARTED,
        is_corrected=True,
    )


def _read_sign(reader: _MilestoneReader, entry: Entry) -> None:
    if entry.kind == "shortcut_message":
        if MilestoneName.DETECTED not in reader.inferred:
            # A message about it preceded the declaration, so it had started and been noticed by then.
            basis = "the message it was declared from"
            reader.add_first(MilestoneName.STARTED, entry, basis=basis, is_estimated=True)
            reader.add_first(MilestoneName.DETECTED, entry, basis=basis, how="floor")
    elif entry.kind == "alert_fired":
        # An alert that comes after the declaration detects nothing.
        declaration = reader.inferred.get(MilestoneName.DECLARED)
        if declaration is None or entry.at <= declaration.at:
            reader.add_first(MilestoneName.DETECTED, entry, how="alert")
    elif entry.kind == "reopened":
        reader.forget(MilestoneName.RESOLVED, MilestoneName.CLOSED)
    elif entry.kind == "status":
        # In older records, the status of a resolved incident was set without reopening it first.
        reader.forget(MilestoneName.RESOLVED, MilestoneName.CLOSED)
        if entry.facts.get("new") in MITIGATED_STATUSES:
            reader.add_first(MilestoneName.MITIGATED, entry)
    elif entry.kind in FIRST_SIGNS:
        reader.add_first(FIRST_SIGNS[entry.kind], entry)


def check_order(known_milestones: Milestones, name: MilestoneName, at: datetime, now: datetime) -> None:
    """Check a time against the other milestones. Raises `MilestoneInFuture`, `ImpossibleOrder`. One minute is
    tolerated, because people give minutes and machines seconds."""
    if at > now + CLOCK_TOLERANCE:
        raise MilestoneInFuture()
    times = {other_name: milestone.at for other_name, milestone in known_milestones.items()} | {name: at}
    for earlier, later in ORDER:
        if name not in (earlier, later) or earlier not in times or later not in times:
            continue
        if times[later] + CLOCK_TOLERANCE <= times[earlier]:
            wrong = earlier if name == later else later
            raise ImpossibleOrder(later=PAST_TENSE[later], earlier=PAST_TENSE[earlier], wrong=f"“{TITLES[wrong]}”")


PAST_TENSE = {
    MilestoneName.STARTED: "started",
    MilestoneName.DETECTED: "detected",
    MilestoneName.DECLARED: "declared",
    MilestoneName.ACKNOWLEDGED: "acknowledged",
    MilestoneName.FIRST_UPDATE: "told of",
    MilestoneName.MITIGATED: "mitigated",
    MilestoneName.RESOLVED: "resolved",
    MilestoneName.CLOSED: "closed",
}
TITLES = {
    MilestoneName.STARTED: "Started",
    MilestoneName.DETECTED: "Detected",
    MilestoneName.DECLARED: "Declared",
    MilestoneName.ACKNOWLEDGED: "Acknowledged",
    MilestoneName.FIRST_UPDATE: "First update",
    MilestoneName.MITIGATED: "Mitigated",
    MilestoneName.RESOLVED: "Resolved",
    MilestoneName.CLOSED: "Closed",
}
