"""Finds times with fewer people on shift than the load needs. Pure; moments are minutes since 1970 UTC."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.shifts.rules import Basis, Duty, Finding, Needed, Problem, staffed, to_moment, windows, within

# Shortages of one day that are no further apart than this become one request for people.
NEAR_MIN = 60


def shortages(duties: Sequence[Duty], need: Needed, load: Sequence[Basis], start: int, end: int) -> list[Finding]:
    """The times between two minutes in which fewer people are on than the load needs. Those close together on one
    day of the need's zone are merged, with the load and the people of the time when most are missing."""
    counted_duties = [duty for duty in duties if duty.end > start and duty.start < end and need.is_met_by(duty)]
    parts, findings = staffed(counted_duties, start, end), list[Finding]()
    for low, high in windows(need, start, end):
        for basis in load:
            for part_start, part_end, people in within(parts, max(low, basis.start), min(high, basis.end)):
                if len(people) < basis.people:
                    place = (need.role, need.region, need.site)
                    times = (part_start, part_end)
                    shortage = Finding(Problem.BELOW_LOAD, *place, *times, basis.people, people, basis)
                    _append_or_merge(findings, shortage, ZoneInfo(need.zone))
    return findings


def _append_or_merge(findings: list[Finding], shortage: Finding, zone: ZoneInfo) -> None:
    """Append the shortage, or merge it into the previous one if that is near."""
    previous = findings[-1] if findings else None
    if previous is None or not _is_near(previous, shortage, zone):
        findings.append(shortage)
        return
    worst = max(previous, shortage, key=lambda each: each.missing)
    findings[-1] = replace(worst, start=previous.start, end=shortage.end)


def _is_near(previous: Finding, shortage: Finding, zone: ZoneInfo) -> bool:
    days = [to_moment(minute).astimezone(zone).date() for minute in (previous.start, shortage.start)]
    return shortage.start <= previous.end + NEAR_MIN and days[0] == days[1]
