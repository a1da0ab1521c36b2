"""Open times: found ahead of time, sent once to those who can fill them, escalated when they are near. The messages
are in `open_time_messages.py`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from bot import directory
from bot.config.floor import Need
from bot.config.floor.reading import WEEKDAYS
from bot.incidents.facts import AGENTS_NEEDED, AgentsNeeded
from bot.incidents.registry import Registry
from bot.runtime.database import insert
from bot.services import Services
from bot.shifts import (
    absence_tables,
    availability,
    load_rules,
    open_time_messages,
    open_time_tables,
    people,
    rules,
    tables,
    views,
)
from bot.shifts.open_time_tables import OpenTime, State
from bot.shifts.rules import Basis, Duty, Finding, Needed, Problem, to_minute, to_moment
from bot.shifts.tables import COVERAGE

EVERY = timedelta(minutes=10)
# Nobody is on, or too few: the same open time turns from one into the other.
UNCOVERED = frozenset({Problem.GAP, Problem.SHORT})
MOST_ASKED = 10
# What begins this shortly before the look-ahead ends, and goes on, is reported when more of it is known.
LAST_OF_AHEAD = timedelta(hours=1)
# People who were on in a role within this time may be asked to fill an open time in it.
ROSTERED_WITHIN = timedelta(days=60)


def needed(need: Need) -> Needed:
    """Convert a need of floor.yaml for the rules."""
    days = frozenset(WEEKDAYS.index(day) for day in need.days)
    return Needed(need.role, need.region, need.site, need.hours, days, need.zone, need.people)


def find_open_times(services: Services, now: datetime) -> None:
    """Find open times within the look-ahead, and notify people of new ones."""
    # A full hour: an open time that goes on beyond it then has an end that people can plan with.
    until = (now + services.floor.shifts.ahead).replace(minute=0, second=0, microsecond=0)
    # Read before the transaction, so that clicks do not wait for the arithmetic.
    loads, managers = loads_of_needs(services, now, until), people.managers(services)
    with services.database.transaction() as session:
        tables.set_clock(session, COVERAGE, now + EVERY)
        duties = availability.available_duties(session, now, until)
        span = to_minute(now), to_minute(until)
        needs = [needed(need) for need in services.floor.shifts.needs if not need.queues]
        last_start = to_minute(until - min(LAST_OF_AHEAD, services.floor.shifts.ahead / 4))
        findings = [
            each
            for each in rules.problems(duties, needs, *span)
            if each.start <= last_start or each.end < to_minute(until)
        ]
        for need, load in loads:
            findings += load_rules.shortages(duties, needed(need), load, *span)
        for open_time in _reconcile(session, services, findings, managers, now):
            _notify(session, services, open_time, duties, managers.get(open_time.region, managers[""]), now)


def _reconcile(
    session: Session,
    services: Services,
    findings: Sequence[Finding],
    managers: Mapping[str, Sequence[str]],
    now: datetime,
) -> list[OpenTime]:
    """Update the known open times; return the new ones and those that are shorter now, which other people can fill.

    A known open time that grows is not new.
    """
    unmatched, shorter = list(findings), []
    for open_time in open_time_tables.all_open(session):
        finding = next((each for each in unmatched if _is_about(each, open_time, now)), None)
        if finding is None:
            open_time.settle(_how_it_ended(open_time, findings, now), now)
            open_time_messages.redraw(session, open_time, now)
            continue
        unmatched.remove(finding)
        was_short, length = open_time.problem_now == Problem.SHORT, open_time.ends_at - open_time.starts_at
        _update(session, services, open_time, finding, now)
        _release_those_off_the_roster(session, open_time, managers, now)
        if was_short and finding.problem == Problem.GAP:
            # Editing the message notifies nobody.
            region_managers = managers.get(open_time.region, managers[""])
            open_time_messages.post(session, open_time, region_managers, now, is_manager=True, occasion=":gap")
        if finding.problem in UNCOVERED and open_time.ends_at - open_time.starts_at < length:
            shorter.append(open_time)
    return [*shorter, *(_new_open_time(session, services, each, now) for each in unmatched)]


def _release_those_off_the_roster(
    session: Session, open_time: OpenTime, managers: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Ask people no more who have left the role since: their buttons could only fail."""
    if open_time.problem not in UNCOVERED:
        return
    in_role = {user_id for user_id, _ in tables.people_in_role(session, open_time.role, now - ROSTERED_WITHIN)}
    may_act = {*in_role, *managers[""], *managers.get(open_time.region, ())}
    still_asked = [each for each in open_time.told if each in may_act or not views.is_user_id(each)]
    if still_asked != open_time.told:
        open_time.told = still_asked
        open_time_messages.redraw(session, open_time, now)


def _how_it_ended(open_time: OpenTime, findings: Iterable[Finding], now: datetime) -> State:
    if open_time.ends_at <= now:
        return State.PASSED
    return State.MERGED if any(_touches(each, open_time) for each in findings) else State.SOLVED


def _is_about(finding: Finding, open_time: OpenTime, now: datetime) -> bool:
    """Whether it is the same open time, perhaps grown, moved, or with more or fewer people on.

    A gap that has begun is over once somebody is on: what is uncovered later is another one.
    """
    if finding.problem in UNCOVERED:
        is_over = open_time.starts_at <= now and finding.start > to_minute(now)
        if is_over or finding.needed != open_time.needed:
            return False
    return _touches(finding, open_time)


def _touches(finding: Finding, open_time: OpenTime) -> bool:
    """Whether it has the same kind of problem at the same place, and some of the time in common."""
    problems = {finding.problem, open_time.problem}
    is_alike = len(problems) == 1 or problems <= UNCOVERED
    place = (open_time.role, open_time.region, open_time.site)
    is_same_place = (finding.role, finding.region, finding.site) == place
    is_same_person = finding.problem != Problem.OVERLAP or list(finding.people) == open_time.people
    starts, ends = to_minute(open_time.starts_at), to_minute(open_time.ends_at)
    return is_alike and is_same_place and is_same_person and finding.start < ends and finding.end > starts


def _update(session: Session, services: Services, open_time: OpenTime, finding: Finding, now: datetime) -> None:
    if finding.problem == Problem.GAP:
        open_time.problem = Problem.GAP
    starts_at, ends_at = to_moment(finding.start), to_moment(finding.end)
    # An open time that has begun keeps its start.
    starts_at = open_time.starts_at if open_time.starts_at <= now else starts_at
    facts = (starts_at, ends_at, list(finding.people), finding.needed, _basis(finding))
    if facts == (open_time.starts_at, open_time.ends_at, open_time.people, open_time.needed, open_time.basis):
        return
    open_time.starts_at, open_time.ends_at, open_time.people, open_time.needed, open_time.basis = facts
    if open_time.escalated_at is None and open_time.escalate_at is not None:
        open_time.escalate_at = max(now, starts_at - services.floor.shifts.escalate_before)
    open_time_messages.redraw(session, open_time, now)


def _basis(finding: Finding) -> dict[str, Any] | None:
    return finding.basis.to_json() if finding.basis else None


def _new_open_time(session: Session, services: Services, finding: Finding, now: datetime) -> OpenTime:
    starts_at = to_moment(finding.start)
    open_time = OpenTime(
        problem=finding.problem,
        role=finding.role,
        region=finding.region,
        site=finding.site,
        needed=finding.needed,
        people=list(finding.people),
        basis=_basis(finding),
        starts_at=starts_at,
        ends_at=to_moment(finding.end),
        found_at=now,
        escalate_at=max(now, starts_at - services.floor.shifts.escalate_before),
    )
    return insert(session, open_time)


def _notify(
    session: Session,
    services: Services,
    open_time: OpenTime,
    duties: Sequence[Duty],
    managers: Sequence[str],
    now: datetime,
) -> None:
    """Notify those who can fill it; also the delivery managers if too few are on or nobody can fill it.

    Below the load, only the managers are notified.
    """
    if open_time.problem == Problem.BELOW_LOAD:
        open_time_messages.post(session, open_time, managers, now, is_manager=True)
        if not managers:
            open_time_messages.post_in_channel(session, services, open_time, now, occasion=":asked")
        return
    if open_time.problem == Problem.OVERLAP:
        candidates = [person for person in open_time.people if views.is_user_id(person)]
    else:
        candidates = fillers(session, open_time, duties, now)[:MOST_ASKED]
    open_time_messages.post(session, open_time, candidates, now)
    if open_time.problem == Problem.SHORT or not candidates:
        open_time_messages.post(session, open_time, managers, now, is_manager=True)


def fillers(session: Session, open_time: OpenTime, duties: Iterable[Duty], now: datetime) -> list[str]:
    """People in the role, neither on shift nor absent then: those of its region if it names one, else everybody."""
    start, end = to_minute(open_time.starts_at), to_minute(open_time.ends_at)
    busy = {duty.person for duty in duties if duty.start < end and duty.end > start}
    absent_ids = {each.user_id for each in absence_tables.between(session, open_time.starts_at, open_time.ends_at)}
    people_in_role = tables.people_in_role(session, open_time.role, now - ROSTERED_WITHIN)
    may_act = {
        person.id
        for person in directory.people(session, [user_id for user_id, _ in people_in_role])
        if person.may_act
    }
    free_people = sorted({user_id for user_id, _ in people_in_role if user_id in may_act} - busy - absent_ids)
    ids_in_region = {
        user_id for user_id, region in people_in_role if region.casefold() == open_time.region.casefold()
    }
    people_of_region = [user_id for user_id in free_people if open_time.region and user_id in ids_in_region]
    return people_of_region or free_people


def escalate(services: Services, now: datetime) -> None:
    """Tell the managers about times still open shortly before they start, and remind those who could fill them."""
    by_region = people.managers(services)
    with services.database.transaction() as session:
        for open_time in open_time_tables.due(session, now):
            open_time.escalate_at, open_time.escalated_at = None, now
            managers = by_region.get(open_time.region, by_region[""])
            if open_time.problem == Problem.OVERLAP and not managers:
                continue
            recently_told = open_time.told if open_time.was_found_late else ()
            people_to_remind = [user_id for user_id in open_time.told if user_id not in (*recently_told, *managers)]
            managers_to_notify = [user_id for user_id in managers if user_id not in recently_told]
            open_time_messages.post(session, open_time, managers_to_notify, now, is_manager=True, occasion=":late")
            open_time_messages.post(session, open_time, people_to_remind, now, occasion=":late")
            if not managers:
                open_time_messages.post_in_channel(session, services, open_time, now, occasion=":late")


def loads_of_needs(services: Services, start: datetime, end: datetime) -> list[tuple[Need, list[Basis]]]:
    """Each need that names queues with its load by interval; empty where the volume is unknown."""
    ask = services.get(Registry).ask(AGENTS_NEEDED)
    with services.database.reading() as session:
        return [
            (
                need,
                list(
                    map(
                        partial(_needed_basis, need.shrinkage),
                        ask(session, services, need.queues, need.site, start, end),
                    )
                ),
            )
            for need in services.floor.shifts.needs
            if need.queues
        ]


def _needed_basis(shrinkage: float, needed: AgentsNeeded) -> Basis:
    return Basis(
        start=to_minute(needed.starts_at),
        end=to_minute(needed.ends_at),
        offered=round(needed.offered, 1),
        aht_s=round(needed.aht_s, 1),
        patience_s=needed.patience_s,
        agents=needed.agents,
        agents_c=needed.agents_c,
        shrinkage=shrinkage,
        is_forecast=needed.is_forecast,
    )
