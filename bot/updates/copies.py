"""The last update states the time of the next one; when that changes, the update and its copies are edited.

This runs in the transaction of the change: sent messages are edited in place, unsent ones go out with the new text.
"""

from collections.abc import Iterable, Sequence

from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended
from bot.slack.blocks import Block
from bot.updates import deliveries, tables
from bot.updates.footers import amended, footer
from bot.updates.tables import Promise


def update_footers(change: Change, audiences: Iterable[str]) -> None:
    """Correct the time of the next update in the last update to each audience and in its copies."""
    for audience in audiences:
        last = tables.last_composed(change.session, change.number, audience)
        if last:
            deliveries.amend(change.session, last, change.now)
        if last and audience in change.services.floor.audiences:
            change.publish(_amended(change, last))


def _amended(change: Change, promise: Promise) -> UpdateAmended:
    def render(promise_id: int, text: str, languages: Sequence[str], is_outside: bool) -> list[Block]:
        below = footer(
            change.session,
            change.services,
            change.incident,
            promise,
            languages,
            change.now,
            is_outside=is_outside,
        )
        sent = promise if promise_id == promise.id else tables.get(change.session, promise_id)
        return amended(change.services, sent, text, below, languages)

    return UpdateAmended(promise.row, promise.audience, render)
