"""How promises were kept: the figure, computed from promise rows. Pure."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from bot.updates.rules import LATE_AFTER
from bot.updates.tables import CLOCK, REFUSED, SENT, Promise


class Adherence(Struct, frozen=True):
    """Updates sent on time over scheduled updates that were due; up to two minutes late counts as on time. A late
    update counts for every promise that passed unkept before it."""

    kept: int
    promised: int

    @property
    def text(self) -> str:
        """The figure as shown: `5 of 6 (83 %)`, or `none was due yet`."""
        if not self.promised:
            return "none was due yet"
        return f"{self.kept} of {self.promised} ({100 * self.kept // self.promised} %)"


def adherence(promises: Iterable[Promise]) -> Adherence:
    """The figure over those promises; one postponed with notice to its audience counts at its new time."""
    kept = promised = 0
    for promise in promises:
        if promise.occasion != CLOCK or promise.state not in (SENT, REFUSED):
            continue
        is_on_time = is_kept(promise)
        kept += is_on_time
        promised += 1 if is_on_time else max(1, promise.missed)
    return Adherence(kept, promised)


def is_kept(promise: Promise) -> bool:
    """True if it was sent at most two minutes late."""
    return promise.state == SENT and promise.sent_at is not None and late_by(promise) <= LATE_AFTER


def late_by(promise: Promise) -> timedelta:
    """How long after its due time it was sent; zero if it was on time or not sent."""
    return max(timedelta(), (promise.sent_at or promise.due_at) - promise.due_at)
