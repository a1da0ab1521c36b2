"""The last update states the time of the next one; when that changes, the update and its copies are edited.

This runs in the transaction of the change: sent messages are edited in place, unsent ones go out with the new text.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended
from bot.slack.blocks import Block
from bot.updates import deliveries, tables
from bot.updates.footers import amended_blocks, footer
from bot.updates.tables import Promise


def update_footers(change: Change, audiences: Iterable[str]) -> None:
    """Correct the time of the next update in the last update to each audience and in its copies."""
    for audience in audiences:
        last_update = tables.last_composed(change.session, change.number, audience)
        if last_update:
            deliveries.amend(change.session, last_update, change.now)
        if last_update and audience in change.services.floor.audiences:
            change.publish(_amended_event(change, last_update))


@contextmanager
def correcting_footers(change: Change) -> Iterator[None]:
    """Correct the last update to every audience whose next one is moved in this block.

    An update that is due now needs no correction: it is sent and states the next time itself.
    """
    earlier_times = _next_times(change)
    yield
    moved_times = {
        audience: due_at
        for audience, due_at in _next_times(change).items()
        if due_at > change.now and due_at != earlier_times.get(audience)
    }
    update_footers(change, moved_times)


def _next_times(change: Change) -> dict[str, datetime]:
    waiting_promises = tables.waiting(change.session, change.number)
    return {promise.audience: promise.due_at for promise in reversed(waiting_promises)}


def _amended_event(change: Change, promise: Promise) -> UpdateAmended:
    def render(promise_id: int, text: str, languages: Sequence[str], is_outside: bool) -> list[Block]:
        footer_blocks = footer(
            change.session, change.services, change.incident, promise, languages, change.now, is_outside=is_outside
        )
        shown_promise = promise if promise_id == promise.id else tables.get(change.session, promise_id)
        return amended_blocks(change.services, shown_promise, text, footer_blocks, languages)

    return UpdateAmended(promise.row, promise.audience, render)
