"""Does the timeline say what was written down? Every link of the log is tried, and every entry against it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from bot.runtime.hash_chain import BEGINNING, digest, linked
from bot.timeline.log import Chain, LogRecord, state_of
from bot.timeline.tables import READ_AT_ONCE, TimelineEntry, everything


@dataclass(frozen=True)
class Finding:
    """Something that was changed behind the bot's back, in one sentence."""

    incident_id: int
    words: str

    def __str__(self) -> str:
        return f"Incident {self.incident_id}: {self.words}"


@dataclass
class _Trail:
    """What the log says of an incident's entries, while it is read."""

    incident_id: int
    seal: str = BEGINNING
    length: int = 0
    digests: dict[int, str] = field(default_factory=dict)
    emptied: dict[int, list[int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, words: str) -> None:
        self.findings.append(Finding(self.incident_id, words))

    def follow(self, record: LogRecord) -> None:
        """One link: it must be the next, hold the seal before it, and be what it was sealed as."""
        if record.position != self.length + 1:
            missing = f"{self.length + 1}" if record.position == self.length + 2 else f"{self.length + 1} and more"
            self.find(f"record {missing} of its log was taken out, before entry {record.entry_id}.")
        elif record.before != self.seal or record.seal != linked(record.before, digest(record.change)):
            self.find(f"record {record.position} of its log, about entry {record.entry_id}, was changed.")
        self.length, self.seal = record.position, record.seal
        self._read(record)

    def _read(self, record: LogRecord) -> None:
        try:
            change = json.loads(record.change)
            number, wanted, what = int(change["entry"]), str(change["digest"]), str(change["what"])
        except (ValueError, KeyError, TypeError):
            return
        if number != record.entry_id:
            self.find(f"record {record.position} of its log was turned from entry {number} to {record.entry_id}.")
        if record.state is None:
            self.emptied.setdefault(number, []).append(record.position)
        elif digest(record.state) != wanted:
            self.find(f"what record {record.position} of its log kept of entry {number} was changed.")
        if what == "erased":
            self.emptied.pop(number, None)
        self.digests[number] = wanted


def incidents_with_a_timeline(session: Session) -> list[int]:
    """Every incident that has entries or a log."""
    numbers = {*session.exec(select(TimelineEntry.incident_id).distinct())}
    numbers |= {*session.exec(select(LogRecord.incident_id).distinct()), *session.exec(select(Chain.incident_id))}
    return sorted(numbers)


def verify(session: Session, incident_id: int) -> Sequence[Finding]:
    """Everything that does not fit; nothing when all is as it was written."""
    trail = _Trail(incident_id)
    for record in _records(session, incident_id):
        trail.follow(record)
    chain = session.get(Chain, incident_id)
    length = chain.length if chain else 0
    if length > trail.length:
        trail.find(f"the last {length - trail.length} records of its log were taken out.")
    elif length < trail.length or (chain and chain.seal != trail.seal):
        trail.find("the end of its log does not carry the seal that was set.")
    for number, positions in trail.emptied.items():
        trail.find(f"what record {positions[0]} of its log kept of entry {number} was taken out.")
    _compare(session, trail)
    return trail.findings


def _compare(session: Session, trail: _Trail) -> None:
    left = dict(trail.digests)
    for entry in everything(session, trail.incident_id):
        sealed = left.pop(entry.number, None)
        if sealed is None:
            trail.find(f"entry {entry.number} was put in; the log knows nothing of it.")
        elif sealed != digest(state_of(entry)):
            trail.find(f"entry {entry.number} was changed; the log says otherwise.")
    for number in left:
        trail.find(f"entry {number} was taken out of the timeline.")


def _records(session: Session, incident_id: int) -> Iterator[LogRecord]:
    wanted = select(LogRecord).where(LogRecord.incident_id == incident_id).order_by(col(LogRecord.position))
    yield from session.exec(wanted.execution_options(yield_per=READ_AT_ONCE))
