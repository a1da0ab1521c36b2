"""The last update states the time of the next one; when that changes, the update and its copies are edited.

This runs in the transaction of the change: sent messages are edited in place, unsent ones go out with the new text.
"""

from collections.abc import Iterable, Sequence

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


def _amended_event(change: Change, promise: Promise) -> UpdateAmended:
    def render(promise_id: int, text: str, languages: Sequence[str], is_outside: bool) -> list[Block]:
        footer_blocks = footer(
            change.session,
            change.services,
            change.incident,
            promise,
            languages,
            change.now,
            is_outside=is_outside,
        )
        shown_promise = promise if promise_id == promise.id else tables.get(change.session, promise_id)
        return amended_blocks(change.services, shown_promise, text, footer_blocks, languages)

    return UpdateAmended(promise.row, promise.audience, render)
