"""The last update says when the next one comes; when that changes, it is edited, and so are its copies.

In the transaction of the change: what was sent is edited where it is, what was not is sent with the newer words.
"""

from collections.abc import Iterable, Sequence

from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended
from bot.slack.blocks import Block
from bot.updates import deliveries, tables
from bot.updates.footers import amended, footer
from bot.updates.tables import Promise


def update_footers(change: Change, audiences: Iterable[str]) -> None:
    """The last update to each audience, and its copies, say when the next one comes after all."""
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
