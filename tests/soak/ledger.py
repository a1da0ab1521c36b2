"""What people did, how they were answered, and the traces that must be found at the end."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any

LAST_ACTS = 12
AROUND_S = 8


class Outcome(StrEnum):
    """The answer that a person got."""

    DONE = "done"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Trace:
    """The timeline entry that an act leaves."""

    kind: str
    incident: int
    actor: str
    facts: tuple[tuple[str, str], ...] = ()
    # Facts of entries of this kind that another act leaves.
    others_facts: tuple[tuple[str, str], ...] = ()

    def fits(self, kind: str, incident: int, actor: str | None, facts: dict[str, Any]) -> bool:
        """True if it is this entry."""
        if (kind, incident, actor) != (self.kind, self.incident, self.actor):
            return False
        if any(facts.get(name) == other for name, other in self.others_facts):
            return False
        return all(expected in str(facts.get(name, "")) for name, expected in self.facts)


@dataclass(frozen=True)
class Act:
    """One act of a person."""

    at_s: float
    person: str
    what: str
    channel: str
    outcome: Outcome
    answer: str = ""
    trace: Trace | None = None
    # Further traces that it may have left, unless it was refused.
    perhaps: tuple[Trace, ...] = ()

    def __str__(self) -> str:
        answer = f" “{self.answer[:110]}”" if self.answer else ""
        where = f"{self.at_s:7.1f} s  {self.person:<6} {self.channel[:28]:<28}"
        return f"{where} {self.what[:80]} → {self.outcome}{answer}"


@dataclass(frozen=True)
class Expected:
    """How often an entry must be in the timeline: once for each act that was done, or perhaps was done."""

    done: int
    unsure: int

    def allows(self, times: int) -> bool:
        """True if this number is acceptable."""
        return self.done <= times <= self.done + self.unsure


@dataclass
class Ledger:
    """Every act and every trouble, in order; the times are seconds since `began_at`."""

    began_at: float = field(default_factory=time.time)
    acts: list[Act] = field(default_factory=list)
    troubles: list[tuple[float, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unexplained_ends: list[str] = field(default_factory=list)
    # Updates that were acknowledged as being on their way: the incident's number, and unique words of the update.
    promised_words: list[tuple[int, str]] = field(default_factory=list)
    # The channels of incidents that were closed to make room for new ones.
    finished: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def add(self, act: Act) -> None:
        """Record an act."""
        with self._lock:
            self.acts.append(act)
            self.counts["acts"] += 1
            self.counts[f"acts {act.outcome}"] += 1

    def trouble(self, at_s: float, kind: str, detail: str = "") -> None:
        """Record a trouble that was caused on purpose."""
        with self._lock:
            self.troubles.append((at_s, f"{kind} {detail}".strip()))
            self.counts[kind] += 1

    def expectations(self) -> Iterator[tuple[Trace, Expected]]:
        """Yield the traces that people's acts must have left; acts with the same trace are counted together."""
        done: Counter[Trace] = Counter()
        unsure: Counter[Trace] = Counter()
        for act in self.acts:
            if act.trace:
                done[act.trace] += act.outcome == Outcome.DONE
                unsure[act.trace] += act.outcome == Outcome.UNSURE
            if act.outcome != Outcome.REFUSED:
                unsure.update(act.perhaps)
        for trace in done:
            yield trace, Expected(done[trace], unsure[trace])

    def around(self, trace: Trace) -> list[str]:
        """Return the acts that left this trace, and the troubles shortly before and after each."""
        lines = []
        for act in self.acts:
            if trace == act.trace or trace in act.perhaps:
                lines.append(str(act))
                lines += self.troubles_around(act.at_s)
        return list(dict.fromkeys(lines))

    def troubles_around(self, at_s: float) -> list[str]:
        """Return the troubles shortly before and after that moment."""
        return [f"{when_s:7.1f} s  ⚡ {what}" for when_s, what in self.troubles if abs(when_s - at_s) <= AROUND_S]

    def of_incident(self, number: int) -> list[str]:
        """Return the last acts in an incident's channel."""
        begins = f"inc-{number}-"
        return [str(act) for act in self.acts if act.channel.startswith(begins)][-LAST_ACTS:]
