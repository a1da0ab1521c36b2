"""What people did, what they were answered, and what must be found of it at the end."""

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
    """How a person was answered."""

    DONE = "done"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Trace:
    """The entry of an incident's timeline that an act leaves."""

    kind: str
    incident: int
    actor: str
    facts: tuple[tuple[str, str], ...] = ()

    def fits(self, kind: str, incident: int, actor: str | None, facts: dict[str, Any]) -> bool:
        """Is it this entry?"""
        if (kind, incident, actor) != (self.kind, self.incident, self.actor):
            return False
        return all(wanted in str(facts.get(name, "")) for name, wanted in self.facts)


@dataclass(frozen=True)
class Act:
    """One thing that a person did."""

    at_s: float
    person: str
    what: str
    channel: str
    outcome: Outcome
    answer: str = ""
    trace: Trace | None = None
    # What it may have left beside that, when it was not refused.
    perhaps: tuple[Trace, ...] = ()

    def __str__(self) -> str:
        answer = f" “{self.answer[:110]}”" if self.answer else ""
        where = f"{self.at_s:7.1f} s  {self.person:<6} {self.channel[:28]:<28}"
        return f"{where} {self.what[:80]} → {self.outcome}{answer}"


@dataclass(frozen=True)
class Expected:
    """How often an entry must be in the timeline: once for each act that was done, or perhaps was."""

    done: int
    unsure: int

    def allows(self, times: int) -> bool:
        """Is this number right?"""
        return self.done <= times <= self.done + self.unsure


@dataclass
class Ledger:
    """Every act and every trouble, in order; the times are seconds since `began_at`."""

    began_at: float = field(default_factory=time.time)
    acts: list[Act] = field(default_factory=list)
    troubles: list[tuple[float, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unexplained_ends: list[str] = field(default_factory=list)
    # Updates that were acknowledged as being on their way: the incident's number, and unique words of it.
    promised_words: list[tuple[int, str]] = field(default_factory=list)
    # The channels of incidents that were closed to make room for new ones.
    finished: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def add(self, act: Act) -> None:
        """Somebody did something."""
        with self._lock:
            self.acts.append(act)
            self.counts["acts"] += 1
            self.counts[f"acts {act.outcome}"] += 1

    def trouble(self, at_s: float, kind: str, detail: str = "") -> None:
        """Something was broken on purpose."""
        with self._lock:
            self.troubles.append((at_s, f"{kind} {detail}".strip()))
            self.counts[kind] += 1

    def expectations(self) -> Iterator[tuple[Trace, Expected]]:
        """What must be found of what people did; acts that leave the same trace are counted together."""
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
        """The acts that left this trace, and what was broken shortly before and after each."""
        lines = []
        for act in self.acts:
            if trace == act.trace or trace in act.perhaps:
                lines.append(str(act))
                lines += self.troubles_around(act.at_s)
        return list(dict.fromkeys(lines))

    def troubles_around(self, at_s: float) -> list[str]:
        """What was broken shortly before that moment and after it."""
        return [f"{when_s:7.1f} s  ⚡ {what}" for when_s, what in self.troubles if abs(when_s - at_s) <= AROUND_S]

    def of_incident(self, number: int) -> list[str]:
        """The last acts in an incident's channel."""
        begins = f"inc-{number}-"
        return [str(act) for act in self.acts if act.channel.startswith(begins)][-LAST_ACTS:]
