"""What is known about an incident when its post-mortem is written. People are named by their roles. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from bot.incidents.facts import CallerMessageRow


class Entry(Struct, frozen=True):
    """An entry of the timeline: its number, its sentence, and its address in Slack."""

    number: int
    at: datetime
    kind: str
    sentence: str
    who: str = ""
    url: str = ""
    # The label that a person gave it: `decision`, `ruled_out`, `customer_impact`; empty if none.
    tag: str = ""
    is_speech: bool = False
    is_marked: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    # The text of a note without its introduction; empty if the entry is not a note.
    text: str = ""


class Milestone(Struct, frozen=True):
    """When the incident reached a milestone, the entry that shows it, and the basis on which it was set."""

    at: datetime
    entry: int
    note: str = ""


class Promise(Struct, frozen=True):
    """An update promised to an audience, and its outcome."""

    audience: str
    due_at: datetime
    sent_at: datetime | None
    is_by_clock: bool
    missed_before: int = 0
    asked_by: str = ""
    entry: int | None = None
    late_because: str = ""


class KeptPromises(Struct, frozen=True):
    """How many promises to an audience were kept; a missed one counts as promised."""

    audience: str
    kept: int
    promised: int


class Step(Struct, frozen=True):
    """A step of a playbook run that was required or done."""

    title: str
    state: str
    who: str = ""
    finished_at: datetime | None = None
    reason: str = ""
    is_late: bool = False
    is_out_of_order: bool = False
    entry: int | None = None


class Proposal(Struct, frozen=True):
    """A finding from the last runs about a playbook step: `skipped` too often or `late` too often."""

    kind: str
    file: str
    step_key: str
    title: str
    times: int
    runs: int


class Run(Struct, frozen=True):
    """A playbook run: its steps, and the number of steps by outcome."""

    title: str
    entry: int | None
    steps: Sequence[Step]
    counts: Mapping[str, int]
    average_lateness_s: float | None = None
    proposals: Sequence[Proposal] = ()


class Person(Struct, frozen=True):
    """A participant: their label in the text, their roles and their name."""

    label: str
    name: str
    roles: Sequence[str] = ()
    entries: Sequence[int] = ()


class PartnerAnswer(Struct, frozen=True):
    """A partner that was notified, and its answer."""

    partner: str
    told_at: datetime | None
    received_at: datetime | None
    agents: int | None = None
    entry: int | None = None


class FollowUp(Struct, frozen=True):
    """A task to do after the incident."""

    title: str
    kind: str
    owner: str
    due_on: date
    is_done: bool
    entry: int | None = None
    url: str = ""


class Similar(Struct, frozen=True):
    """A related incident, or an earlier one with a similar title or of the same type."""

    number: int
    title: str
    severity: str
    declared_at: datetime
    url: str = ""
    follow_ups: int = 0
    follow_ups_done: int = 0
    is_alike: bool = True
    # `related` or `merged_here` if people linked them.
    link: str = ""


class Record(Struct, frozen=True):
    """All data from which the post-mortem is written."""

    number: int
    title: str
    type: str
    severity: str
    status: str
    declared_at: datetime
    written_at: datetime
    commander: str
    communications_lead: str
    entries: Sequence[Entry]
    # The commander's title in entries, as in floor.yaml; if empty, the title in the text applies.
    commander_role: str = ""
    places: Sequence[str] = ()
    description: str = ""
    impact: str = ""
    # Figures on customers and money, as far as they were counted.
    customers: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    is_private: bool = False
    is_drill: bool = False
    is_preview: bool = False
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    promises: Sequence[Promise] = ()
    kept_promises: Sequence[KeptPromises] = ()
    runs: Sequence[Run] = ()
    people: Sequence[Person] = ()
    # Each person's label in the text, by user id.
    labels: Mapping[str, str] = field(default_factory=dict)
    partners: Sequence[PartnerAnswer] = ()
    follow_ups: Sequence[FollowUp] = ()
    similar: Sequence[Similar] = ()
    # The contact centre's figures by interval: a header, rows of cells, and explanations.
    interval_head: Sequence[str] = ()
    interval_rows: Sequence[Sequence[str]] = ()
    interval_notes: Sequence[str] = ()
    caller_messages: Sequence[CallerMessageRow] = ()

    def first(self, *kinds: str) -> Entry | None:
        """The first entry of one of those kinds."""
        return next((entry for entry in self.entries if entry.kind in kinds), None)

    def last(self, *kinds: str) -> Entry | None:
        """The last entry of one of those kinds."""
        return next((entry for entry in reversed(self.entries) if entry.kind in kinds), None)

    def all(self, *kinds: str) -> list[Entry]:
        """Every entry of those kinds, in order."""
        return [entry for entry in self.entries if entry.kind in kinds]

    @property
    def ended_at(self) -> datetime:
        """When the impact ended, or the time of writing if it has not."""
        return self.resolved_at or self.closed_at or self.written_at
