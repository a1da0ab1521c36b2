"""Durations of the incident, each with its start and end milestone. Pure.

The definitions follow `docs/figures.md`. A figure whose start or end is not on record is unknown.
"""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from bot.postmortems.record import Entry, Milestone, Record

STARTED, DETECTED, DECLARED, ACKNOWLEDGED = "started", "detected", "declared", "acknowledged"
COMMANDER, FIRST_UPDATE, MITIGATED = "commander", "first_update", "mitigated"
RESOLVED, CLOSED = "resolved", "closed"
MILESTONES = (STARTED, DETECTED, DECLARED, ACKNOWLEDGED, COMMANDER, FIRST_UPDATE, MITIGATED, RESOLVED, CLOSED)
ROLE_GIVEN = ("role_taken", "role_given", "role_handed_over")
ANSWERS = ("on_my_way", *ROLE_GIVEN)
MITIGATED_STATUSES = ("mitigated", "monitoring")


class Measure(Struct, frozen=True):
    """A figure: its key in the language files, the milestone it counts from and the one it counts to."""

    key: str
    start: str
    end: str


# TTD, TTA, TTM and TTR start where the key says; R means resolved, one of four readings of MTTR.
MEASURES = (
    Measure("ttd", STARTED, DETECTED),
    Measure("tta", DETECTED, ACKNOWLEDGED),
    Measure("tta_declared", DECLARED, ACKNOWLEDGED),
    Measure("to_commander", DECLARED, COMMANDER),
    Measure("to_first_update", DECLARED, FIRST_UPDATE),
    Measure("ttm", STARTED, MITIGATED),
    Measure("ttm_declared", DECLARED, MITIGATED),
    Measure("ttr", STARTED, RESOLVED),
    Measure("ttr_declared", DECLARED, RESOLVED),
)
# For leadership: these do not depend on an unknown start of the incident.
LEADERSHIP_MEASURES = ("tta_declared", "to_first_update", "ttm_declared", "ttr_declared")


def milestones(record: Record, commander_title: str) -> dict[str, Milestone]:
    """Return the milestones from the entries; those set by hand (`record.milestones`) take precedence."""
    entries_by_key = {
        DECLARED: record.first("declared"),
        ACKNOWLEDGED: record.first(*ANSWERS),
        COMMANDER: _commander(record, commander_title),
        FIRST_UPDATE: record.first("update_sent"),
        MITIGATED: next(
            (entry for entry in record.all("status") if entry.facts.get("new") in MITIGATED_STATUSES), None
        ),
        RESOLVED: _last_while_over(record, "resolved"),
        CLOSED: _last_while_over(record, "closed"),
    }
    from_entries = {key: Milestone(entry.at, entry.number) for key, entry in entries_by_key.items() if entry}
    return {
        key: all_milestones[key]
        for all_milestones in [from_entries | dict(record.milestones)]
        for key in MILESTONES
        if key in all_milestones
    }


def _commander(record: Record, title: str) -> Entry | None:
    role_entries = (
        entry for entry in record.all(*ROLE_GIVEN) if str(entry.facts.get("role")).casefold() == title.casefold()
    )
    return next(role_entries, None)


def _last_while_over(record: Record, kind: str) -> Entry | None:
    """Return the last entry of that kind, or None if the incident was opened again after it."""
    last = record.last(kind, "reopened", "status")
    return last if last and last.kind == kind else None


def measure_length(measure: Measure, reached: Mapping[str, Milestone]) -> timedelta | None:
    """Return the time from the figure's start to its end; None if either is unknown or they are out of order."""
    start, end = reached.get(measure.start), reached.get(measure.end)
    if start is None or end is None or end.at < start.at:
        return None
    return end.at - start.at


def missing_milestone(measure: Measure, reached: Mapping[str, Milestone]) -> str:
    """Return the missing milestone that makes the figure unknown."""
    return measure.start if measure.start not in reached else measure.end
