"""Load of the teams, shown with a suggested move behind one button; alerts on unusual intake and long queues."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from msgspec import Struct
from sqlmodel import Field, Session, col

from bot import directory, outbox
from bot.cases import balance_views, boards, escalating, notes, storing
from bot.cases.capacity import capacities
from bot.cases.contracts import schedule_of
from bot.cases.open_cases import OpenCases
from bot.cases.rules import balance as rules
from bot.cases.rules.balance import Move, TeamLoad
from bot.cases.rules.board import OpenCase
from bot.cases.tables import Case, CaseNote
from bot.cases.wording import translator, translator_for
from bot.config.floor.cases import Cases
from bot.errors import WatchfloorError
from bot.incidents.people import NO_INCIDENT, known_people
from bot.incidents.permissions import changing_as, reading_as
from bot.runtime.database import Row, insert_new, utc_column
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.phrases import Translator
from bot.slack.text import mention, one_line

ENDED_WITHIN = timedelta(days=7)
HISTORY_READ = timedelta(days=28)
# An alert is not repeated for this long, which covers a night.
QUIET_FOR = timedelta(hours=8)
HOUR = timedelta(hours=1)


class NothingToMove(WatchfloorError):
    """The load has changed, and no case needs to be moved. `/incident balance` shows the current load."""

    es = "La carga ha cambiado y ya no hay nada que mover. `/incident balance` muestra cómo está ahora."


class CaseAlert(Row, table=True):
    """An alert about intake or a queue that was sent."""

    __tablename__ = "case_alerts"

    key: str = Field(primary_key=True)
    at: datetime = Field(sa_column=utc_column(nullable=False))


def screen(services: Services, by: str, now: datetime) -> Message:
    """The load of the teams, for any full member."""
    with reading_as(services, by) as session:
        teams, translate = loads(session, services, now), translator_for(session, services, by)
    suggested = _suggestion(services.floor.cases, teams, now)
    return balance_views.screen(teams, rules.balance_index(teams), suggested, translate)


def loads(session: Session, services: Services, now: datetime) -> list[TeamLoad]:
    """The load of every team that is configured or has cases."""
    settings, cases = services.floor.cases, services.get(OpenCases).all(session)
    capacity = capacities(session, services, cases, now)
    ended_counts = sa.select(col(Case.team), sa.func.count()).where(col(Case.ended_at) > now - ENDED_WITHIN)
    rows = session.connection().execute(ended_counts.group_by(col(Case.team))).all()
    ended_by_team = {row[0]: row[1] for row in rows}
    actionable = Counter(case.team for case in cases if _is_actionable(case))
    unassigned = Counter(case.team for case in cases if _is_actionable(case) and case.is_unassigned)
    regions = {case.team: case.region for case in cases} | {
        name: team.region for name, team in settings.teams.items() if team.region
    }
    days = ENDED_WITHIN / timedelta(days=1)
    return [
        TeamLoad(
            team=name,
            region=regions.get(name, ""),
            skill=settings.teams[name].skill if name in settings.teams else "",
            actionable=actionable[name],
            unassigned=unassigned[name],
            available=capacity[name].on if name in capacity else 0,
            ended_a_day=ended_by_team.get(name, 0) / days,
        )
        for name in sorted({*settings.teams, *actionable})
    ]


def _is_actionable(case: OpenCase) -> bool:
    return case.due_at is not None or case.target_s is None


def _suggestion(settings: Cases, teams: Sequence[TeamLoad], now: datetime) -> Move | None:
    schedules = {name: schedule_of(settings, region.schedule) for name, region in settings.regions.items()}
    overlaps = {
        (region_name, other_region): rules.overlap(schedules[region_name], schedules[other_region], now)
        for region_name in schedules
        for other_region in schedules
        if region_name != other_region
    }
    return rules.suggestion(teams, overlaps)


def move(services: Services, source: str, target: str, count: int, by: str, now: datetime) -> str:
    """Move unassigned cases from the end of one team's queue to another team; notify both teams' managers."""
    with changing_as(services, by, "cases") as session:
        teams = loads(session, services, now)
        suggested_move = _suggestion(services.floor.cases, teams, now)
        if suggested_move is None or (suggested_move.source, suggested_move.target) != (source, target):
            raise NothingToMove()
        cases = _end_of_queue(session, source, min(count, suggested_move.count))
        if not cases:
            raise NothingToMove()
        for case in cases:
            case.moved_from, case.team = case.moved_from or source, target
            case.region = services.floor.cases.teams[target].region or case.region
            case.touched_at = now
        translate_note = translator(services.floor.language)
        why = balance_views.reason(suggested_move, translate_note)
        text = translate_note(
            "moved the case from {source} to {target}: {why}", source=source, target=target, why=why
        )
        for case in cases:
            key = f"moved:{case.number}:{now.isoformat()}"
            notes.add(session, services, case, _move_note(case, key, text, by, now))
        _notify_managers_of_both(session, services, suggested_move, cases, by, now)
        storing.after_rows(session, services.floor, now)
        translate = translator_for(session, services, by)
    moved_phrase = "Moved from {source} to {target}: {count}. Both teams' managers are told."
    return translate(moved_phrase, count=len(cases), source=one_line(source, 80), target=one_line(target, 80))


def _move_note(case: Case, key: str, text: str, by: str, now: datetime) -> CaseNote:
    return CaseNote(case_id=case.number, key=key, kind="moved", by=by, at=now, text=text)


def _end_of_queue(session: Session, team: str, count: int) -> list[Case]:
    is_waiting = (col(Case.team) == team, col(Case.is_open), col(Case.owner) == "", col(Case.owner_id).is_(None))
    # The same cases as in `_is_actionable`; one without a target is never due.
    is_actionable = sa.or_(col(Case.due_at).is_not(None), col(Case.target_s).is_(None))
    query = sa.select(Case).where(*is_waiting, is_actionable).order_by(col(Case.due_at).desc().nulls_first())
    return list(session.scalars(query.limit(count).with_for_update()))


def _notify_managers_of_both(
    session: Session, services: Services, suggested_move: Move, cases: Sequence[Case], by: str, now: datetime
) -> None:
    for team in (suggested_move.source, suggested_move.target):
        for person in _managers(session, services, team, now):
            translate = translator_for(session, services, person)
            names = [case.name for case in cases]
            text, blocks = balance_views.moved_message(suggested_move, names, mention(by), translate)
            key = f"cases-moved:{suggested_move.source}:{suggested_move.target}:{now.isoformat()}:{person}"
            outbox.post(session, key, person, text, now, blocks=blocks)


def _managers(session: Session, services: Services, team: str, now: datetime) -> list[str]:
    settings = services.floor.cases
    team_settings = settings.teams.get(team)
    if team_settings is None:
        return []
    names = settings.managers_of(team, team_settings.region)
    return known_people(session, services, NO_INCIDENT, names, now)


def watch(services: Services, now: datetime) -> None:
    """Alert the managers of a region, and of regions open at the same time, to unusual intake and long queues."""
    # Read before the transaction, so that clicks do not wait for four weeks of cases.
    with services.database.reading() as session:
        alerts = [*_intake_alerts(session, now), *_queue_alerts(session, services, now)]
    with services.database.transaction() as session:
        boards.set_balance_clock(session, now)
        delete_old = sa.delete(CaseAlert).where(col(CaseAlert.at) < now - QUIET_FOR)
        session.connection().execute(delete_old)
        for alert in alerts:
            if insert_new(session, CaseAlert(key=alert.key, at=now)):
                _notify_managers(session, services, alert, now)


class _Alert(Struct, frozen=True):
    """An alert for the managers of a region; `text` renders it with a translator."""

    key: str
    region: str
    text: Callable[[Translator], str]


def _intake_alerts(session: Session, now: datetime) -> list[_Alert]:
    """Alerts for regions with far more cases in the last hour than is usual at this time of day."""
    since = now - HISTORY_READ
    rows = session.connection().execute(
        sa.select(col(Case.region), col(Case.opened_at)).where(
            col(Case.opened_at) > since, col(Case.opened_at) <= now
        )
    )
    by_region: dict[str, Counter[int]] = {}
    first_opened_at: datetime | None = None
    for region, opened_at in rows:
        first_opened_at = min(first_opened_at or opened_at, opened_at)
        days, within = divmod(now - opened_at, timedelta(days=1))
        if within < HOUR:
            by_region.setdefault(region, Counter())[days] += 1
    known_days = (now - first_opened_at) // timedelta(days=1) if first_opened_at else 0
    return [
        _Alert(f"intake:{region}", region, partial(balance_views.intake_text, region, counts[0], usual))
        for region, counts in by_region.items()
        if rules.is_unusual_intake(counts[0], usual := [counts[day] for day in range(1, known_days + 1)])
    ]


def _queue_alerts(session: Session, services: Services, now: datetime) -> list[_Alert]:
    """Alerts for teams whose queue is longer than their free engineers can pick up."""
    settings, cases = services.floor.cases, services.get(OpenCases).all(session)
    capacity = capacities(session, services, cases, now)
    waiting_counts = Counter(case.team for case in cases if case.is_unassigned and case.due_at is not None)
    return [
        _Alert(
            f"queue:{name}",
            settings.teams[name].region,
            partial(balance_views.queue_text, name, waiting_counts[name], team.free),
        )
        for name, team in capacity.items()
        if team.is_known and rules.is_queue_too_long(waiting_counts[name], team.free, team.per_hour)
    ]


def _notify_managers(session: Session, services: Services, alert: _Alert, now: datetime) -> None:
    settings = services.floor.cases
    own_region = settings.regions.get(alert.region)
    names = list(own_region.managers) if own_region else []
    for name, other_region in settings.regions.items():
        if own_region and name != alert.region:
            own_schedule, other_schedule = (
                schedule_of(settings, own_region.schedule),
                schedule_of(settings, other_region.schedule),
            )
            names += other_region.managers if rules.overlap(own_schedule, other_schedule, now) else ()
    people = known_people(session, services, NO_INCIDENT, names, now)
    channel_id = directory.channel_id(session, escalating.alerts_channel(services))
    for recipient in people or ([channel_id] if channel_id else []):
        text = alert.text(translator_for(session, services, recipient))
        outbox.post(session, f"case-alert:{alert.key}:{now.isoformat()}:{recipient}", recipient, text, now)
