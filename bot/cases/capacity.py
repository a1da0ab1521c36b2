"""The engineers of each team and how many of them are free, by the roster or by the numbers in floor.yaml."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.cases.open_cases import OpenCases
from bot.cases.rules.board import Capacity, OpenCase, Ranking
from bot.config.floor.cases import Team
from bot.incidents.facts import ON_SHIFT, OnShift
from bot.incidents.registry import Registry
from bot.services import Services


def ranking(session: Session, services: Services, now: datetime) -> Ranking:
    """Every open case with its arithmetic, least time left first."""
    cases = services.get(OpenCases).all(session)
    return Ranking(cases, capacities(session, services, cases, now), now)


def capacities(
    session: Session, services: Services, cases: Sequence[OpenCase], now: datetime
) -> dict[str, Capacity]:
    """The capacity of each team: its engineers, and those of them who are not working on a case."""
    teams = services.floor.cases.teams
    busy_by_team = _busy_by_team(cases)
    fixed_capacities = {
        name: Capacity(
            max(0, team.engineers - len(busy_by_team.get(name, ()))), team.cases_per_hour, team.engineers
        )
        for name, team in teams.items()
        if not team.role
    }
    if len(fixed_capacities) == len(teams):
        return fixed_capacities
    people_on_shift = services.get(Registry).ask(ON_SHIFT)(session, services, now, None)
    at_work = {name for each in busy_by_team.values() for name in each}
    return fixed_capacities | {
        name: _rostered_capacity(team, people_on_shift, at_work) for name, team in teams.items() if team.role
    }


def _busy_by_team(cases: Sequence[OpenCase]) -> dict[str, set[str]]:
    """The people working on a case of each team."""
    busy_by_team: dict[str, set[str]] = {}
    for case in cases:
        if case.worker:
            busy_by_team.setdefault(case.team, set()).add(case.worker)
    return busy_by_team


def _rostered_capacity(team: Team, people_on_shift: Sequence[OnShift], at_work: set[str]) -> Capacity:
    """The people on shift in the team's role and region; a case of any team makes a person busy."""
    names_of_crew = {
        person.user_id or person.person: _names(person) for person in people_on_shift if _is_in_team(team, person)
    }
    free = sum(not names & at_work for names in names_of_crew.values())
    return Capacity(free, team.cases_per_hour, len(names_of_crew), is_rostered=True)


def _is_in_team(team: Team, person: OnShift) -> bool:
    is_there = not team.region or person.region.casefold() == team.region.casefold()
    return is_there and person.role.casefold() == team.role.casefold()


def people_of(session: Session, services: Services, start: datetime, end: datetime) -> dict[str, int]:
    """How many people each team had in a period: those on shift for it, otherwise the number in floor.yaml."""
    teams = services.floor.cases.teams
    is_rostered = any(team.role for team in teams.values())
    people_on_shift = services.get(Registry).ask(ON_SHIFT)(session, services, start, end) if is_rostered else ()
    return {
        name: _count_people(team, people_on_shift) if team.role else team.engineers for name, team in teams.items()
    }


def _count_people(team: Team, people_on_shift: Sequence[OnShift]) -> int:
    return len({person.user_id or person.person for person in people_on_shift if _is_in_team(team, person)})


def _names(person: OnShift) -> set[str]:
    """Every name by which a case may refer to the person: Slack id, or name in the roster."""
    names = (person.user_id, person.person, person.person.partition("@")[0])
    return {name.casefold() for name in names if name}
