"""The clock of a run: sent and snoozed reminders, and repeated steps."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.playbooks import rules
from bot.playbooks.rules import State
from bot.playbooks.step_rows import change_step
from bot.playbooks.steps import LockedStep, RunIsOver, StepChange, check_open, lock_step, settle, step_change
from bot.playbooks.tables import PlaybookRun, PlaybookStep
from bot.runtime.database import DUE_AT_ONCE
from bot.timeline.timeline import WATCHFLOOR_ITSELF


def claim_reminder(session: Session, step_id: int, reminders_sent: int, now: datetime) -> bool:
    """Claim the reminder after `reminders_sent` ones; False if it was claimed already, or the step is finished."""
    result = session.exec(
        sa.update(PlaybookStep)
        .where(
            col(PlaybookStep.id) == step_id,
            col(PlaybookStep.reminders_sent) == reminders_sent,
            col(PlaybookStep.state) == State.OPEN,
        )
        .values(reminders_sent=reminders_sent + 1, remind_at=rules.next_reminder_at(reminders_sent + 1, now))
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)


def postpone(session: Session, step_id: int, reminders_sent: int, until: datetime) -> None:
    """Postpone the reminder after `reminders_sent` ones, to be sent with those due by then."""
    session.exec(
        sa.update(PlaybookStep)
        .where(
            col(PlaybookStep.id) == step_id,
            col(PlaybookStep.reminders_sent) == reminders_sent,
            col(PlaybookStep.state) == State.OPEN,
        )
        .values(remind_at=until)
        .execution_options(synchronize_session=False)
    )


def snooze(session: Session, locked_step: LockedStep, by: str, length: timedelta, now: datetime) -> StepChange:
    """Hold back the next reminder for `length`; the due time stays."""
    check_open(locked_step.step)
    remind_at = now + length if rules.reminder_level(locked_step.step.reminders_sent) else None
    change_step(session, locked_step.step, {"remind_at": remind_at, "snoozed_by": by})
    facts = {"minutes": int(length.total_seconds() // 60), "is_reminded": remind_at is not None}
    return step_change("step_snoozed", locked_step, by, now, facts)


def steps_to_repeat(session: Session, now: datetime) -> list[int]:
    """The ids of done steps in running playbooks that are to be repeated now."""
    query = (
        select(PlaybookStep.id)
        .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
        .where(col(PlaybookStep.repeat_at) <= now, col(PlaybookRun.stopped_at).is_(None))
        .order_by(col(PlaybookStep.repeat_at))
        .limit(DUE_AT_ONCE)
    )
    return [step_id for step_id in session.exec(query) if step_id is not None]


def repeat(session: Session, step_id: int, now: datetime) -> StepChange | None:
    """Open a done step for its next round; None if it was undone or its playbook was stopped since it was found, or
    if another tick was faster."""
    try:
        locked_step = lock_step(session, step_id)
    except RunIsOver:
        return None
    step = locked_step.step
    if step.state != State.DONE or step.repeat_at is None or step.repeat_at > now:
        return None
    due_at = now + rules.TIME_TO_REPEAT
    again = {"state": State.OPEN, "repeat_at": None, "due_at": due_at, "remind_at": due_at, "reminders_sent": 0}
    change_step(session, step, again)
    settle(session, locked_step, now)
    return step_change("step_repeated", locked_step, WATCHFLOOR_ITSELF, now, {"round": step.rounds + 1})
