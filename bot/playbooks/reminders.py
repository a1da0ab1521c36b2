"""The clock of a run: reminders sent and snoozed, and steps that come again."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.playbooks import rules
from bot.playbooks.rules import State
from bot.playbooks.runs import retime
from bot.playbooks.steps import Hand, StepChange, change_of, check_open, take_in_hand
from bot.playbooks.tables import PlaybookRun, PlaybookStep

WATCHFLOOR = "watchfloor"


def reminded(session: Session, step_id: int, sent: int, now: datetime) -> bool:
    """Record the reminder after `sent` ones; False when it was recorded already, or the step is finished."""
    changed = session.exec(
        sa.update(PlaybookStep)
        .where(
            col(PlaybookStep.id) == step_id,
            col(PlaybookStep.reminders_sent) == sent,
            col(PlaybookStep.state) == State.OPEN,
        )
        .values(reminders_sent=sent + 1, remind_at=rules.next_reminder_at(sent + 1, now))
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)


def snooze(session: Session, step: int | Hand, by: str, length: timedelta, now: datetime) -> StepChange:
    """Remind again only after `length`; the step stays due when it was."""
    hand = take_in_hand(session, step)
    check_open(hand.step)
    hand.step.remind_at = now + length if rules.who_to_remind(hand.step.reminders_sent) else None
    hand.step.snoozed_by = by
    session.flush()
    facts = {"minutes": int(length.total_seconds() // 60), "is_reminded": hand.step.remind_at is not None}
    return change_of("step_snoozed", hand, by, now, facts)


def steps_to_repeat(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """The ids of done steps of running playbooks that come again now."""
    found = (
        select(PlaybookStep.id)
        .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
        .where(col(PlaybookStep.repeat_at) <= now, col(PlaybookRun.stopped_at).is_(None))
        .order_by(col(PlaybookStep.repeat_at))
        .limit(limit)
    )
    return [step_id for step_id in session.exec(found) if step_id is not None]


def repeat(session: Session, step_id: int, now: datetime) -> StepChange | None:
    """Open a done step for its next round; None when somebody undid it or another tick was faster."""
    hand = take_in_hand(session, step_id)
    step = hand.step
    if step.state != State.DONE or step.repeat_at is None or step.repeat_at > now:
        return None
    due_at = now + rules.TIME_TO_REPEAT
    step.state, step.repeat_at, step.due_at, step.remind_at = State.OPEN, None, due_at, due_at
    step.reminders_sent = 0
    retime(hand.run, hand.steps, now)
    session.flush()
    return change_of("step_repeated", hand, WATCHFLOOR, now, {"round": step.rounds + 1})
