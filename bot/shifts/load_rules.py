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
    counted = [duty for duty in duties if duty.end > start and duty.start < end and need.is_met_by(duty)]
    parts, findings = staffed(counted, start, end), list[Finding]()
    for low, high in windows(need, start, end):
        for basis in load:
            for part_start, part_end, people in within(parts, max(low, basis.start), min(high, basis.end)):
                if len(people) < basis.people:
                    where = (need.role, need.region, need.site)
                    times = (part_start, part_end)
                    short = Finding(Problem.BELOW_LOAD, *where, *times, basis.people, people, basis)
                    _join(findings, short, ZoneInfo(need.zone))
    return findings


def _join(findings: list[Finding], short: Finding, zone: ZoneInfo) -> None:
    """Append the shortage, or merge it into the previous one if that is near."""
    before = findings[-1] if findings else None
    if before is None or not _is_near(before, short, zone):
        findings.append(short)
        return
    worst = max(before, short, key=lambda each: each.missing)
    findings[-1] = replace(worst, start=before.start, end=short.end)


def _is_near(before: Finding, after: Finding, zone: ZoneInfo) -> bool:
    days = [to_moment(minute).astimezone(zone).date() for minute in (before.start, after.start)]
    return after.start <= before.end + NEAR_MIN and days[0] == days[1]
