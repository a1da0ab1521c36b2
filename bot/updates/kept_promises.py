"""How many promises were kept, computed from promise rows. Pure."""

from collections.abc import Iterable

from bot.incidents.facts import UpdatesKept
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import CLOCK, REFUSED, SENT, Promise


def count_kept(promises: Iterable[Promise]) -> UpdatesKept:
    """Updates sent on time over scheduled updates that were due; up to two minutes late counts as on time.

    A late update counts for every promise that passed unkept before it; a promise postponed with notice to its
    audience counts at its new time.
    """
    kept = promised = 0
    for promise in promises:
        if promise.occasion != CLOCK or promise.state not in (SENT, REFUSED):
            continue
        is_kept = promise.state == SENT and promise.sent_at and promise.sent_at - promise.due_at <= LATE_AFTER
        kept += bool(is_kept)
        promised += 1 if is_kept else max(1, promise.missed)
    return UpdatesKept(kept, promised)
