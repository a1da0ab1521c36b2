"""How promises were kept: the figure, and a row for each update. Pure but for what is read from its rows."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from bot.updates.rules import LATE_AFTER
from bot.updates.tables import REFUSED, SENT, Promise

CLOCK = "clock"


class Adherence(Struct, frozen=True):
    """Updates sent by their promised minute over updates promised by the clock and due; late by up to two minutes
    is kept. A late update stands for every promise that passed unkept before it."""

    kept: int
    promised: int

    @property
    def text(self) -> str:
        """As people read it: `5 of 6 (83 %)`, or `none promised`."""
        if not self.promised:
            return "none promised"
        return f"{self.kept} of {self.promised} ({100 * self.kept // self.promised} %)"


def adherence(promises: Iterable[Promise]) -> Adherence:
    """The figure over those promises; what was put off with a word to its audience counts at its new minute."""
    kept = promised = 0
    for promise in promises:
        if promise.occasion != CLOCK or promise.state not in (SENT, REFUSED):
            continue
        is_on_time = is_kept(promise)
        kept += is_on_time
        promised += 1 if is_on_time else max(1, promise.missed)
    return Adherence(kept, promised)


def is_kept(promise: Promise) -> bool:
    """Was it sent, at most two minutes late?"""
    return promise.state == SENT and promise.sent_at is not None and late_by(promise) <= LATE_AFTER


def late_by(promise: Promise) -> timedelta:
    """How long after its minute it was sent; nothing when it was not late, or not sent."""
    return max(timedelta(), (promise.sent_at or promise.due_at) - promise.due_at)
