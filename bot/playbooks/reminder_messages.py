"""Posted reminders follow their steps: buttons disappear once a step is finished."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.playbooks import reminder_views
from bot.playbooks.step_rows import AnyStep

KEY = "remind:"


def key_of(step: AnyStep) -> str:
    """The key of the reminder message that starts with this step and may include others."""
    return f"{KEY}{step.number}:{step.rounds}:{step.reminders_sent}"


def redraw(
    session: Session, incident_id: int, steps: Iterable[AnyStep], now: datetime, *, is_over: bool = False
) -> None:
    """Re-render these steps in posted reminders; `is_over`: the steps are no longer needed."""
    reminded = {step.number: step for step in steps if step.reminders_sent}
    if not reminded:
        return
    for message in outbox.posts_of(session, incident_id, KEY, ""):
        blocks = (message.payload or {}).get("blocks", [])
        outbox.edit(session, message, reminder_views.redrawn_reminder(blocks, reminded, now, is_over=is_over), now)
