"""Replays a file of cases and lists the alerts that it would have raised. Nothing is stored."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from bot.cases.rows import CaseRow
from bot.cases.rules.alerting import Alerting
from bot.cases.rules.bursts import Candidate, Scanner, Sighting, customer_of
from bot.cases.rules.similar_text import shared_terms


class Alert(Struct, frozen=True):
    """An alert that would have been raised."""

    at: datetime
    first_at: datetime
    names: tuple[str, ...]
    customers: int
    traits: tuple[tuple[str, str], ...]
    terms: tuple[str, ...]
    score: float
    expected: float
    window_s: int

    def line(self) -> str:
        shared_parts = [f"{name}={value}" for name, value in self.traits]
        if self.terms:
            shared_parts.append(f"words: {', '.join(self.terms)}")
        return (
            f"{self.at:%Y-%m-%d %H:%M} UTC  {len(self.names)} cases of {self.customers} customers since "
            f"{self.first_at:%H:%M} ({'; '.join(shared_parts) or 'alike'}), {self.expected:.2f} expected in "
            f"{self.window_s // 60} min, score {self.score:.1f}: {' '.join(self.names)}"
        )


def alerts(rows: Sequence[CaseRow], alerts_a_day: int) -> Iterator[Alert]:
    """The alerts, in the order in which they would have come. Of several rows of a case, the oldest counts."""
    oldest_rows: dict[str, CaseRow] = {}
    for row in rows:
        earlier_row = oldest_rows.get(row.external_id)
        if earlier_row is None or row.updated_at < earlier_row.updated_at:
            oldest_rows[row.external_id] = row
    cases = sorted(oldest_rows.values(), key=lambda row: (row.opened_at, row.external_id))
    scanner, alerting = Scanner(), Alerting(alerts_a_day)
    for number, row in enumerate(cases):
        at = row.opened_at.timestamp()
        alerting.begin(at)
        sighting = Sighting(number, at, customer_of(row.customer, row.external_id), row.traits, row.title, row.text)
        candidate = scanner.see(sighting)
        decision = alerting.decide(candidate)
        if candidate and decision and decision.alerts:
            yield _alert(candidate, cases)


def _alert(candidate: Candidate, cases: Sequence[CaseRow]) -> Alert:
    members = [cases[number] for number in reversed(candidate.cases)]
    return Alert(
        at=datetime.fromtimestamp(candidate.at, UTC),
        first_at=datetime.fromtimestamp(candidate.first_at, UTC),
        names=tuple(row.name or row.external_id for row in members),
        customers=candidate.customers,
        traits=candidate.key,
        terms=tuple(shared_terms([f"{row.title} {row.text}" for row in members])),
        score=candidate.score,
        expected=candidate.expected,
        window_s=candidate.window_s,
    )
