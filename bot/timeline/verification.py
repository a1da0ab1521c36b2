"""Verifies the timeline: checks every link of the log, and every entry against the log."""

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from sqlmodel import Session, col, select

from bot.runtime.hash_chain import INITIAL_HASH, chain_hash, digest
from bot.timeline.log import Chain, LogRecord, state_of
from bot.timeline.tables import TimelineEntry
from bot.timeline.timeline import READ_AT_ONCE, all_rows


class Finding(Struct, frozen=True):
    """A change made behind the bot's back, in one sentence."""

    incident_id: int
    sentence: str

    def __str__(self) -> str:
        return f"Incident {self.incident_id}: {self.sentence}"


class _LogReader(Struct):
    """The state of an incident's entries according to the log, built up while reading it."""

    incident_id: int
    hash: str = INITIAL_HASH
    length: int = 0
    digests: dict[int, str] = field(default_factory=dict)
    erased_records: dict[int, list[int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add_finding(self, text: str) -> None:
        self.findings.append(Finding(self.incident_id, text))

    def check_record(self, record: LogRecord) -> None:
        """Check that the record is the next one, holds the previous hash, and matches its own hash."""
        if record.position != self.length + 1:
            missing_records = (
                f"{self.length + 1}" if record.position == self.length + 2 else f"{self.length + 1} and more"
            )
            self.add_finding(f"record {missing_records} of its log was taken out, before entry {record.entry_id}.")
        elif record.previous_hash != self.hash or record.hash != chain_hash(
            record.previous_hash, digest(record.change)
        ):
            self.add_finding(f"record {record.position} of its log, about entry {record.entry_id}, was changed.")
        self.length, self.hash = record.position, record.hash
        self._apply_change(record)

    def _apply_change(self, record: LogRecord) -> None:
        try:
            change = json.loads(record.change)
            number, expected_digest, operation = int(change["entry"]), str(change["digest"]), str(change["what"])
        except (ValueError, KeyError, TypeError):
            return
        if number != record.entry_id:
            self.add_finding(
                f"record {record.position} of its log was turned from entry {number} to {record.entry_id}."
            )
        if record.state is None:
            self.erased_records.setdefault(number, []).append(record.position)
        elif digest(record.state) != expected_digest:
            self.add_finding(f"what record {record.position} of its log kept of entry {number} was changed.")
        if operation == "erased":
            self.erased_records.pop(number, None)
        self.digests[number] = expected_digest


def incidents_with_a_timeline(session: Session) -> list[int]:
    """Every incident that has entries or a log."""
    incident_ids = {*session.exec(select(TimelineEntry.incident_id).distinct())}
    incident_ids |= {
        *session.exec(select(LogRecord.incident_id).distinct()),
        *session.exec(select(Chain.incident_id)),
    }
    return sorted(incident_ids)


def verify(session: Session, incident_id: int) -> Sequence[Finding]:
    """Return every mismatch; empty if the timeline is unchanged."""
    reader = _LogReader(incident_id)
    for record in _records(session, incident_id):
        reader.check_record(record)
    chain = session.get(Chain, incident_id)
    length = chain.length if chain else 0
    if length > reader.length:
        reader.add_finding(f"the last {length - reader.length} records of its log were taken out.")
    elif length < reader.length or (chain and chain.hash != reader.hash):
        reader.add_finding("the end of its log does not carry the hash that was set.")
    for number, positions in reader.erased_records.items():
        reader.add_finding(f"what record {positions[0]} of its log kept of entry {number} was taken out.")
    _compare_entries(session, reader)
    return reader.findings


def _compare_entries(session: Session, reader: _LogReader) -> None:
    unmatched = dict(reader.digests)
    for entry in all_rows(session, reader.incident_id):
        expected_digest = unmatched.pop(entry.number, None)
        if expected_digest is None:
            reader.add_finding(f"entry {entry.number} was put in; the log knows nothing of it.")
        elif expected_digest != digest(state_of(entry)):
            reader.add_finding(f"entry {entry.number} was changed; the log says otherwise.")
    for number in unmatched:
        reader.add_finding(f"entry {number} was taken out of the timeline.")


def _records(session: Session, incident_id: int) -> Iterator[LogRecord]:
    query = select(LogRecord).where(LogRecord.incident_id == incident_id).order_by(col(LogRecord.position))
    yield from session.exec(query.execution_options(yield_per=READ_AT_ONCE))
