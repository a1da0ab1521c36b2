"""Starting and stopping a playbook in an incident, and keeping its due times up to date."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from msgspec.structs import asdict
from sqlmodel import Session, col, select

from bot.errors import WatchfloorError
from bot.playbooks import reminder_messages, rules
from bot.playbooks.playbook import Playbook
from bot.playbooks.rules import IncidentFacts, State
from bot.playbooks.step_rows import AnyStep, StepRow, insert_steps, steps_of, write_schedule
from bot.playbooks.tables import PlaybookRun, PlaybookStep
from bot.runtime.database import insert
from bot.timeline import timeline

S = TypeVar("S", bound=AnyStep)


class NoSuchRun(WatchfloorError):
    """That playbook is not running here. `/incident playbook` shows which ones are, and starts one."""


_RUNNING_RUNS = (
    select(PlaybookRun)
    .where(PlaybookRun.incident_id == sa.bindparam("of_incident"), col(PlaybookRun.stopped_at).is_(None))
    .order_by(col(PlaybookRun.id))
)
_RUNNING_RUN_OF_PLAYBOOK = _RUNNING_RUNS.where(PlaybookRun.playbook == sa.bindparam("name"))
_RUNNING_RUNS_LOCKED = _RUNNING_RUNS.with_for_update().execution_options(populate_existing=True)


def start_run(
    session: Session, incident_id: int, name: str, playbook: Playbook, facts: IncidentFacts, by: str, now: datetime
) -> PlaybookRun:
    """Start a run with its own copy of the playbook, or return the running one if there is one."""
    # The caller holds the incident's lock or is declaring it, so no second run can start in between.
    running_run = session.exec(_RUNNING_RUN_OF_PLAYBOOK, params={"of_incident": incident_id, "name": name}).first()
    if running_run:
        return running_run
    run = _new_run(incident_id, name, playbook, facts, by, now)
    insert(session, run)
    book = run.book
    steps = [_new_step(run, book, key, position) for position, key in enumerate(playbook.steps, start=1)]
    changed_steps = reschedule(run, steps, now)
    insert_steps(session, incident_id, steps)
    log_skipped(session, run, changed_steps, now)
    session.flush()
    return run


def stop_run(session: Session, run_id: int, by: str, now: datetime) -> PlaybookRun:
    """Stop a run; its steps are no longer reminded of or repeated. Raises `NoSuchRun` if it is over already."""
    result = session.exec(
        sa.update(PlaybookRun)
        .where(col(PlaybookRun.id) == run_id, col(PlaybookRun.stopped_at).is_(None))
        .values(stopped_at=now, stopped_by=by)
    )
    if not result.rowcount:
        raise NoSuchRun()
    session.exec(
        sa.update(PlaybookStep).where(col(PlaybookStep.run_id) == run_id).values(remind_at=None, repeat_at=None)
    )
    return session.get_one(PlaybookRun, run_id, populate_existing=True)


def update_facts(session: Session, incident_id: int, facts: IncidentFacts, now: datetime) -> None:
    """Update the incident's facts in every running playbook, and reschedule its steps accordingly."""
    for run in session.exec(_RUNNING_RUNS_LOCKED, params={"of_incident": incident_id}).all():
        run.facts = _facts_as_json(facts)
        follow(session, run, steps_of(session, run.number), now)
    session.flush()


def follow(session: Session, run: PlaybookRun, steps: Iterable[StepRow], now: datetime) -> None:
    """Recompute and write which steps are wanted, when they are due, and which are no longer needed."""
    changed_steps = reschedule(run, steps, now)
    write_schedule(session, changed_steps)
    log_skipped(session, run, changed_steps, now)


def log_skipped(session: Session, run: PlaybookRun, changed_steps: Iterable[AnyStep], now: datetime) -> None:
    """Log automatically skipped steps in the timeline with the reason, and re-render their reminders."""
    skipped_steps = [step for step in changed_steps if step.state == State.SKIPPED]
    for step in skipped_steps:
        facts = {"playbook": run.title, "step": step.title, "step_key": step.step_key, "reason": step.reason}
        timeline.append(session, run.incident_id, "step_skipped", now, **facts)
    reminder_messages.redraw(session, run.incident_id, skipped_steps, now)


def reschedule(run: PlaybookRun, steps: Iterable[S], now: datetime) -> list[S]:
    """Set which steps are wanted, when they are due and when their owners are reminded; return the changed steps.

    An untouched step is skipped if its purpose is already met.
    """
    steps = list(steps)
    changed_steps = _set_times(run, steps, now)
    book, incident = run.book, run.incident
    skipped_steps = [step for step in steps if _skip_if_met(book, incident, step, now)]
    if skipped_steps:  # this may make other steps wanted
        changed_steps = [*changed_steps, *skipped_steps, *_set_times(run, steps, now)]
    return list({id(step): step for step in changed_steps}.values())


def _set_times(run: PlaybookRun, steps: Sequence[S], now: datetime) -> list[S]:
    book = run.book
    wanted_ids = rules.wanted_steps(book, run.incident, steps)
    wanted_at = {step.step_key: step.wanted_at or now for step in steps if step.step_key in wanted_ids}
    due_by_step = rules.due_times(book, run.started_at, wanted_at, steps)
    return [
        step
        for step in steps
        if _reschedule_step(step, wanted_at.get(step.step_key), due_by_step.get(step.step_key))
    ]


def _skip_if_met(book: Playbook, incident: IncidentFacts, step: AnyStep, now: datetime) -> bool:
    is_untouched = step.state == State.OPEN and step.rounds == 0 and step.changed_by is None
    if not is_untouched or step.wanted_at is None:
        return False
    reason = rules.reason_to_skip(book.steps[step.step_key].skip_when, incident)
    if reason:
        step.state, step.reason, step.finished_at, step.remind_at = State.SKIPPED, reason, now, None
    return bool(reason)


def _reschedule_step(step: AnyStep, wanted_at: datetime | None, due_at: datetime | None) -> bool:
    if step.state != State.OPEN:
        return False  # a finished step keeps the due time by which it was measured
    previous_times = step.wanted_at, step.due_at, step.remind_at
    if step.rounds and wanted_at:
        due_at = step.due_at  # a repeated step is due at its own interval
    remind_at = step.remind_at if wanted_at else None
    is_moved = previous_times[:2] != (wanted_at, due_at)
    if wanted_at and rules.reminder_level(step.reminders_sent) and (is_moved or remind_at is None):
        remind_at = due_at
    if previous_times == (wanted_at, due_at, remind_at):
        return False
    step.wanted_at, step.due_at, step.remind_at = wanted_at, due_at, remind_at
    return True


def _new_run(
    incident_id: int, name: str, playbook: Playbook, facts: IncidentFacts, by: str, now: datetime
) -> PlaybookRun:
    return PlaybookRun(
        incident_id=incident_id,
        playbook=name,
        title=playbook.title,
        version=playbook.version,
        written=playbook.as_copy(),
        facts=_facts_as_json(facts),
        started_at=now,
        started_by=by,
    )


def _new_step(run: PlaybookRun, book: Playbook, key: str, position: int) -> StepRow:
    definition = book.steps[key]
    return StepRow(
        id=0,
        run_id=run.number,
        step_key=key,
        position=position,
        phase=book.phase_of(key).title,
        title=definition.title,
        owner_role=definition.owner,
        required_before=(definition.required or "").removeprefix("before "),
        asks=bool(definition.asks or definition.posts),
    )


def _facts_as_json(facts: IncidentFacts) -> dict[str, object]:
    return asdict(facts) | {"started_at": facts.started_at.isoformat()}
