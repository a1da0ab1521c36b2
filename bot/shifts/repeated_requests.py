"""Requests about the same shift: a second one is refused, and all end when the shift has changed hands."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.services import Services
from bot.shifts import swap_tables
from bot.shifts.swap_tables import State, Swap
from bot.shifts.wording import translator_for
from bot.slack.blocks import context
from bot.slack.text import mention


class AlreadyAsked(WatchfloorError):
    """{person} has been asked for that already. Wait for the answer, or ask somebody else."""

    es = "Ya se lo has pedido a {person}. Espera su respuesta, o pídeselo a otra persona."


def check(session: Session, swap: Swap) -> None:
    """Raise `AlreadyAsked` if the same person was asked for the same times; an older request is replaced."""
    for other in swap_tables.asked_about(session, [swap.shift_id]):
        if (other.to_id, other.shift_id, other.for_shift_id) != (swap.to_id, swap.shift_id, swap.for_shift_id):
            continue
        if _times(other) == _times(swap):
            raise AlreadyAsked(person=mention(swap.to_id))
        other.state = State.OVER


def settle(session: Session, services: Services, shift_ids: Collection[int | None], now: datetime) -> None:
    """End the other requests about shifts that have changed hands, and take the buttons off their messages."""
    for other in swap_tables.asked_about(session, shift_ids):
        other.state = State.OVER
        translate = translator_for(session, services, other.to_id)
        row = outbox.by_key(session, f"shift_swap:{other.number}")
        if row and row.payload:
            blocks = [block for block in row.payload["blocks"] if block["type"] != "actions"]
            note = context(translate("The shift has changed hands meanwhile; there is nothing left to answer."))
            outbox.edit(session, row, [*blocks, note], now)


def _times(swap: Swap) -> tuple[datetime | None, ...]:
    return swap.starts_at, swap.ends_at, swap.for_starts_at, swap.for_ends_at
