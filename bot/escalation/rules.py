"""The escalation ladder: who is next, when, and what stops the clock. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

ANSWER_WITHIN = timedelta(minutes=5)


class State(StrEnum):
    """The state of a rung."""

    WAITING = "waiting"
    TOLD = "told"
    ENDED = "ended"


class StopsOn(StrEnum):
    """What stops the clock before a rung is told. *On my way* stops it before any rung."""

    COMMANDER = "commander named"
    ACKNOWLEDGED = "acknowledged"


class Rung(Struct, frozen=True):
    """One tier of an incident's own ladder. The last rung tells nobody: its turn means that the top was reached.

    `after` counts from the declaration; a waiting rung without `due_at` waits because the clock was stopped.
    `early_because` says why it was brought forward, if that is not what it waits for.
    """

    position: int
    after: timedelta
    tell: tuple[str, ...]
    stops_on: str = StopsOn.COMMANDER
    state: str = State.WAITING
    due_at: datetime | None = None
    early_because: str = ""

    @property
    def is_top(self) -> bool:
        """True if there is nobody left to tell."""
        return not self.tell

    @property
    def is_waiting(self) -> bool:
        """True if its turn is still to come."""
        return self.state == State.WAITING


Ladder = list[Rung]


def plan_ladder(tiers: Iterable[tuple[timedelta, Sequence[str], str]], now: datetime) -> Ladder:
    """Build a ladder from its tiers (after, tell, stops on), counted from `now`; empty when there are no tiers."""
    rungs = [
        Rung(position, after, tuple(tell), stops_on, due_at=now + after)
        for position, (after, tell, stops_on) in enumerate(tiers)
    ]
    return _with_top_rung(rungs)


def merge_higher_ladder(ladder: Sequence[Rung], higher: Sequence[Rung], now: datetime) -> Ladder:
    """The ladder with the people of a higher one (planned at `now`) added to it, tier by tier.

    A tier that was already told waits again if it gained people; the earlier of the two due times counts.
    """
    rungs_by_position = {rung.position: rung for rung in ladder if not rung.is_top}
    higher_by_position = {rung.position: rung for rung in higher if not rung.is_top}
    merged = [
        _merge_rungs(rungs_by_position.get(position), higher_by_position.get(position), now)
        for position in sorted({*rungs_by_position, *higher_by_position})
    ]
    if any(rung.is_waiting for rung in merged):
        return _with_top_rung(_in_due_order(merged))
    return list(ladder)


def _merge_rungs(old: Rung | None, new: Rung | None, now: datetime) -> Rung:
    if old is None or new is None:
        only_rung = old or new
        assert only_rung is not None
        return (
            replace(only_rung, due_at=only_rung.due_at or now + only_rung.after)
            if only_rung.is_waiting
            else only_rung
        )
    new_names = tuple(name for name in new.tell if name not in old.tell)
    if not old.is_waiting and not new_names:
        return old
    due_times = [moment for moment in (old.due_at, new.due_at) if moment]
    # The shorter of the two delays, so that delays still grow from rung to rung.
    after, early_because = min(old.after, new.after), old.early_because if old.is_waiting else ""
    return replace(
        new,
        after=after,
        tell=(*old.tell, *new_names),
        due_at=min(due_times),
        early_because=early_because,
    )


def mark_told(ladder: Sequence[Rung], position: int) -> Ladder:
    """The ladder after a rung has had its turn."""
    return [replace(rung, state=State.TOLD, due_at=None) if rung.position == position else rung for rung in ladder]


def next_rung(ladder: Sequence[Rung]) -> Rung | None:
    """The rung whose turn is next, whether or not the clock runs; None once the top is reached."""
    return min((rung for rung in ladder if rung.is_waiting), key=lambda rung: rung.position, default=None)


def last_told(ladder: Sequence[Rung]) -> Rung | None:
    """The highest rung that has had its turn."""
    return max((rung for rung in ladder if rung.state == State.TOLD), key=lambda rung: rung.position, default=None)


def bring_forward(
    ladder: Sequence[Rung], now: datetime, because: str = "", *, is_reason_of_all: bool = False
) -> Ladder:
    """Make the next rung due now and the others at their usual distance from it, even if the clock was stopped.

    `because` is the reason of the next rung, or of all of them; without it, each keeps its own.
    """
    next_tier = next_rung(ladder)
    if next_tier is None:
        return list(ladder)
    return [
        replace(
            rung,
            due_at=now + max(rung.after - next_tier.after, timedelta()),
            early_because=because
            if because and (is_reason_of_all or rung.position == next_tier.position)
            else rung.early_because,
        )
        if rung.is_waiting
        else rung
        for rung in ladder
    ]


def stop_clock(ladder: Sequence[Rung], reason: StopsOn) -> Ladder:
    """Stop the clock: for every rung when somebody comes, for some rungs when only a commander is named."""
    return [
        replace(rung, due_at=None, early_because="")
        if rung.is_waiting and reason in (StopsOn.ACKNOWLEDGED, rung.stops_on)
        else rung
        for rung in ladder
    ]


def stop_while_led(ladder: Sequence[Rung]) -> Ladder:
    """Stop the rungs that wait for a commander while there is one, except those that were asked for early."""
    stopped = stop_clock(ladder, StopsOn.COMMANDER)
    return [old if old.early_because else new for old, new in zip(ladder, stopped, strict=True)]


def resume_clock(ladder: Sequence[Rung], now: datetime) -> Ladder:
    """Restart the clock at `now`, from the rung that it had reached."""
    last_rung = last_told(ladder)
    reached_after = last_rung.after if last_rung else timedelta()
    return _in_due_order(
        replace(rung, due_at=now + max(rung.after - reached_after, timedelta()))
        if rung.is_waiting and rung.due_at is None
        else rung
        for rung in ladder
    )


def end_ladder(ladder: Sequence[Rung]) -> Ladder:
    """The ladder of an incident that is over: nobody else is told."""
    return [
        replace(rung, state=State.ENDED, due_at=None, early_because="") if rung.is_waiting else rung
        for rung in ladder
    ]


def reopen_ladder(ladder: Sequence[Rung]) -> Ladder:
    """The ladder of a reopened incident: rungs not yet told wait again, with the clock stopped."""
    return [replace(rung, state=State.WAITING) if rung.state == State.ENDED else rung for rung in ladder]


def answer_by(ladder: Sequence[Rung], now: datetime) -> datetime:
    """The time after which people told now count as silent, no later than the next rung's turn."""
    coming_turns = [rung.due_at for rung in ladder if rung.is_waiting and rung.due_at and rung.due_at > now]
    return min([now + ANSWER_WITHIN, *coming_turns])


def _with_top_rung(rungs: Ladder) -> Ladder:
    if not rungs:
        return []
    last_rung = rungs[-1]
    due_at = max(rung.due_at for rung in rungs if rung.due_at) + ANSWER_WITHIN
    return [
        *rungs,
        Rung(last_rung.position + 1, last_rung.after + ANSWER_WITHIN, (), last_rung.stops_on, due_at=due_at),
    ]


def _in_due_order(rungs: Iterable[Rung]) -> Ladder:
    """The rungs, none of them due before a lower one."""
    ordered: Ladder = []
    earliest: datetime | None = None
    for rung in rungs:
        if rung.due_at and earliest and rung.due_at < earliest:
            rung = replace(rung, due_at=earliest)
        earliest = rung.due_at or earliest
        ordered.append(rung)
    return ordered
