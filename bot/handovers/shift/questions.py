"""The message with a question about an item: its button goes when there is nothing left to answer."""

from datetime import datetime

from sqlmodel import Session, select

from bot import outbox
from bot.handovers.tables import Handover


def message_key(handover: Handover) -> str:
    """The key of the message with the question about an item."""
    return f"shift_item:{handover.number}:question"


def close(session: Session, handover: Handover, now: datetime) -> None:
    """Take the button off the question about an item, if there was one."""
    query = select(outbox.OutboxRow).where(outbox.OutboxRow.key == message_key(handover))
    row = session.exec(query).first()
    if row and row.payload:
        blocks = [block for block in row.payload["blocks"] if block["type"] != "actions"]
        outbox.edit(session, row, blocks, now)
