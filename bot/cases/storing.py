"""Upserts cases from sources: idempotent, an older row never overwrites a newer one; clocks and board follow."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct, field
from sqlmodel import Session, col, select

from bot import directory
from bot.cases import boards, contracts, escalating, tables
from bot.cases.escalation_tables import CASES_WITH_CLOCKS
from bot.cases.rows import CaseRow, StateChange
from bot.cases.rules.states import ENDED, Phase, Step, pauses_of, phase_of, reopenings
from bot.cases.tables import Case, CaseState
from bot.config.floor import Floor
from bot.config.floor.cases import Cases

AT_ONCE = 100
# Only recent cases can be part of a burst that is going on.
EXAMINED_FOR = timedelta(hours=4)
PHASES = tuple(Phase)
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")


class Stored(Struct):
    """The result of an upsert: how many cases are new, changed and unchanged, and which were reopened."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reopened: list[int] = field(default_factory=list)

    def add(self, other: "Stored") -> None:
        """Add the result of more rows."""
        self.new, self.changed = self.new + other.new, self.changed + other.changed
        self.unchanged += other.unchanged
        self.reopened += other.reopened

    @property
    def count(self) -> int:
        return self.new + self.changed + self.unchanged


class _StoredCase(Struct, frozen=True):
    """What is known of a case before its rows are applied."""

    source: str
    case: Case | None
    states: Sequence[Step]
    # The Slack ids of people by name.
    people: Mapping[str, str]
    now: datetime


def upsert(session: Session, settings: Cases, source: str, rows: Iterable[CaseRow], now: datetime) -> Stored:
    """Upsert the rows of a source within the caller's transaction. Several rows of one case are its history; the
    newest gives its current state."""
    result = Stored()
    by_case: dict[str, list[CaseRow]] = {}
    for row in rows:
        by_case.setdefault(row.external_id, []).append(row)
    rows_of_cases = list(by_case.items())
    people = directory.ids_by_name(session)
    for start in range(0, len(rows_of_cases), AT_ONCE):
        chunk = rows_of_cases[start : start + AT_ONCE]
        cases = tables.by_external_ids(session, source, [external_id for external_id, _ in chunk])
        states = tables.states_of(session, [each.number for each in cases.values()])
        changed_cases: list[tuple[Case, list[Step]]] = []
        for external_id, versions in chunk:
            case = cases.get(external_id)
            steps = [Step(each.at, each.phase, each.state) for each in states.get(case.number, [])] if case else []
            versions.sort(key=lambda row: row.updated_at)
            changed_cases += _apply_rows(settings, result, _StoredCase(source, case, steps, people, now), versions)
        # In one flush: row by row, a file would block other writers for longer.
        session.add_all(case for case, _ in changed_cases)
        session.flush()
        tables.add_states(
            session, [_state_row(case.number, step) for case, steps in changed_cases for step in steps]
        )
    return result


def _apply_rows(
    settings: Cases, result: Stored, stored_case: _StoredCase, versions: Sequence[CaseRow]
) -> list[tuple[Case, list[Step]]]:
    """The updated case with its new states; empty if nothing changed."""
    newest, history = versions[-1], _history(versions, stored_case.states, stored_case.now)
    case = stored_case.case or _new_case(stored_case.source, newest, stored_case.now)
    values_before = case.model_dump(exclude={"touched_at"}) if stored_case.case else {}
    if not newest.is_dated or newest.updated_at >= case.updated_at:
        _apply_newest_row(settings, case, newest, stored_case.people)
    _apply_history(case, history, max(each.reopened for each in versions))
    _set_deadline(settings, case, history)
    if values_before == case.model_dump(exclude={"touched_at"}) and len(history) == len(stored_case.states):
        result.unchanged += 1
        return []
    case.touched_at = stored_case.now
    if not values_before:
        result.new += 1
    else:
        result.changed += 1
        if case.is_open and not values_before["is_open"]:
            result.reopened.append(case.number)
    return [(case, [each for each in history if each not in stored_case.states])]


def _new_case(source: str, row: CaseRow, now: datetime) -> Case:
    is_recent = now - EXAMINED_FOR < row.opened_at
    return Case(
        source=source,
        external_id=row.external_id,
        name=row.name or row.external_id,
        opened_at=row.opened_at,
        started_at=row.started_at or row.opened_at,
        updated_at=row.updated_at,
        touched_at=now,
        examine_at=now if is_recent else None,
    )


def _apply_newest_row(settings: Cases, case: Case, row: CaseRow, people: Mapping[str, str]) -> None:
    if row.owner != case.owner or case.owner_id is None:
        case.owner_id = people.get(row.owner.casefold())
    contract = settings.contract_of(row.customer)
    case.priority = row.priority if row.priority in PRIORITIES else case.priority
    targets = {str(name): target for name, target in (settings.targets | contract.targets).items()}
    target = row.target or targets.get(case.priority)
    case.target_s = int(target.total_seconds()) if target else None
    case.promised_at = row.due_at
    case.schedule = row.schedule or contract.schedule
    case.name, case.kind, case.title, case.text = row.name or case.name, row.kind, row.title, row.text
    case.customer, case.owner, case.url = row.customer, row.owner, row.url
    # A source may name the team only of waiting cases; the case of a person stays with its team.
    if case.moved_from is None or row.team not in ("", case.moved_from):
        case.team, case.moved_from = row.team or case.team, None
        team = settings.teams.get(case.team)
        case.region = row.region or (team.region if team else "")
    case.state = row.state
    case.traits = {name: value for name, value in sorted(row.traits.items()) if value}
    case.opened_at, case.started_at = row.opened_at, row.started_at or row.opened_at
    case.updated_at = max(case.updated_at, row.updated_at)


def _history(versions: Sequence[CaseRow], known_steps: Sequence[Step], now: datetime) -> list[Step]:
    """Every state with the time it began; rows that repeat the previous state are skipped."""
    changes = [StateChange(each.at, each.state) for each in known_steps]
    for row in versions:
        changes += row.history
        if row.state and row.is_dated:
            ended_at = row.ended_at if phase_of(row.state) in ENDED else None
            changes.append(StateChange(ended_at or row.updated_at, row.state))
    history = _in_order(changes)
    newest = versions[-1]
    if newest.is_dated or not newest.state:
        return history
    # It changed at some time since the last row; the first row of a case is taken as its state from the beginning.
    # A file of another zone may name times that are still to come.
    began_at = max(now, history[-1].at + timedelta(seconds=1)) if history else newest.updated_at
    return _in_order([*changes, StateChange(began_at, newest.state)])


def _in_order(changes: Iterable[StateChange]) -> list[Step]:
    history: list[Step] = []
    phase: str = Phase.NEW
    for change in sorted(set(changes), key=_place):
        phase = phase_of(change.state) or phase
        if not history or history[-1].state != change.state:
            history.append(Step(change.at, str(phase), change.state))
    return history


def _place(change: StateChange) -> tuple[datetime, int, str]:
    """States of the same time follow the life of a case: many logs know no seconds."""
    return change.at, PHASES.index(phase_of(change.state) or Phase.NEW), change.state


def _state_row(case_id: int, step: Step) -> CaseState:
    return CaseState(case_id=case_id, at=step.at, state=step.state, phase=step.phase)


def _apply_history(case: Case, steps: Sequence[Step], reopened: int) -> None:
    if steps:
        case.phase = steps[-1].phase
    case.is_open = case.phase not in ENDED
    case.reopened = max(reopened, reopenings(steps))
    case.ended_at = None if case.is_open or not steps else _ended_at(steps)


def _ended_at(steps: Sequence[Step]) -> datetime:
    """When the case ended: if it was resolved and then closed, when it was resolved."""
    ended_at = steps[-1].at
    for step in reversed(steps):
        if step.phase not in ENDED:
            break
        ended_at = step.at
    return ended_at


def _set_deadline(settings: Cases, case: Case, steps: Sequence[Step]) -> None:
    if case.promised_at:
        _set_promised_deadline(case, case.promised_at, steps)
        return
    clock = contracts.clock_of(settings, case, steps)
    case.due_at = clock.deadline() if clock and case.is_open else None
    # An ended case is judged once, by its end; an open one by its deadline, whenever it is read.
    case.is_breached = bool(clock and case.ended_at and clock.is_breached(case.ended_at))


def _set_promised_deadline(case: Case, promised_at: datetime, steps: Sequence[Step]) -> None:
    """Use the source's deadline: its calendar and the pauses before now are in it, and the next one moves it."""
    stopped_at = next((pause.since for pause in pauses_of(steps) if pause.until is None), None)
    case.due_at = None if stopped_at else promised_at
    case.is_breached = bool(case.ended_at and stopped_at and stopped_at >= promised_at)


def after_rows(session: Session, floor: Floor, now: datetime) -> None:
    """Update the escalation clocks of the cases touched at `now`, and schedule a redraw of the board."""
    watched_priorities = list(floor.cases.escalations)
    # A case whose priority was lowered is watched until its clocks have ended.
    is_watched = sa.or_(col(Case.priority).in_(watched_priorities), col(Case.id).in_(CASES_WITH_CLOCKS))
    touched_cases = select(Case).where(col(Case.touched_at) == now, is_watched)
    for case in session.exec(touched_cases):
        escalating.watch(session, floor, case, now)
    boards.change_soon(session, floor, now)
