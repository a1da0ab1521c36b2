"""Messages with a question about one item: they follow what becomes of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.handovers.rules import State
from bot.handovers.shift import views
from bot.handovers.shift.wording import translator_for
from bot.handovers.tables import Handover
from bot.services import Services
from bot.slack.blocks import Block


def message_key(handover: Handover) -> str:
    return f"shift_item:{handover.number}:question"


def next_step_key(shift_id: int, item: str) -> str:
    """The key of the message that asks for an item's next step."""
    return f"next_step:{shift_id}:{item}"


def close(session: Session, handover: Handover, now: datetime) -> None:
    """Take the button off the question about an item, if there was one."""
    row = outbox.by_key(session, message_key(handover))
    if row and row.payload:
        outbox.edit(session, row, _without_buttons(row.payload["blocks"]), now)


def show_next_step(
    session: Session, services: Services, handover: Handover, owner_id: str, shift_id: int, now: datetime
) -> None:
    """Show the next step in the message that asked for it."""
    if row := outbox.by_key(session, next_step_key(shift_id, handover.item)):
        text, blocks = views.next_step_added(handover, translator_for(session, services, owner_id))
        outbox.edit(session, row, blocks, now, text=text)


def hide(session: Session, services: Services, handover: Handover, owner_id: str, now: datetime) -> None:
    """Remove what is said of an incident that is private now; a question can still be answered."""
    if row := outbox.by_key(session, message_key(handover)):
        text, blocks = views.question_message(handover, translator_for(session, services, handover.from_id))
        is_open = handover.state == State.RETURNED
        outbox.edit(session, row, blocks if is_open else _without_buttons(blocks), now, text=text)
    show_next_step(session, services, handover, owner_id, handover.shift_id or 0, now)


def _without_buttons(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block["type"] != "actions"]
