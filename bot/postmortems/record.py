"""What is known of an incident when its post-mortem is written. People are named by their roles here. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field


class Entry(Struct, frozen=True):
    """An entry of the timeline: its number, the sentence it makes, and where it can be read in Slack."""

    number: int
    at: datetime
    kind: str
    sentence: str
    who: str = ""
    url: str = ""
    # What somebody said it is: `decision`, `ruled_out`, `customer_impact`; empty for what is just there.
    tag: str = ""
    is_speech: bool = False
    is_marked: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    # What somebody noted, without the words that introduce it; empty for what is no note.
    text: str = ""


class Milestone(Struct, frozen=True):
    """When the incident reached a point, the entry that shows it, and on what basis it was set."""

    at: datetime
    entry: int
    note: str = ""


class Promise(Struct, frozen=True):
    """An update that was promised to an audience, and what became of it."""

    audience: str
    due_at: datetime
    sent_at: datetime | None
    is_by_clock: bool
    missed: int = 0
    asked_by: str = ""
    entry: int | None = None
    late_because: str = ""


class Adherence(Struct, frozen=True):
    """How the promises to an audience were kept; one that was missed counts as promised."""

    audience: str
    kept: int
    promised: int


class Step(Struct, frozen=True):
    """A step of a playbook run that was wanted or done."""

    title: str
    state: str
    who: str = ""
    finished_at: datetime | None = None
    reason: str = ""
    is_late: bool = False
    is_out_of_order: bool = False
    entry: int | None = None


class Proposal(Struct, frozen=True):
    """What the last runs say about a step of a playbook: `skipped` too often or `late` too often."""

    kind: str
    file: str
    step_key: str
    title: str
    times: int
    runs: int


class Run(Struct, frozen=True):
    """A playbook at work: its steps and how often each thing became of them."""

    title: str
    entry: int | None
    steps: Sequence[Step]
    counts: Mapping[str, int]
    average_lateness_s: float | None = None
    proposals: Sequence[Proposal] = ()


class Person(Struct, frozen=True):
    """Somebody who took part: how the text calls them, the roles they held, their name."""

    label: str
    name: str
    roles: Sequence[str] = ()
    entries: Sequence[int] = ()


class PartnerAnswer(Struct, frozen=True):
    """A partner who was told, and what they said."""

    partner: str
    told_at: datetime | None
    received_at: datetime | None
    agents: int | None = None
    entry: int | None = None


class FollowUp(Struct, frozen=True):
    """Something to do after the incident."""

    title: str
    kind: str
    owner: str
    due_on: date
    is_done: bool
    entry: int | None = None
    url: str = ""


class Similar(Struct, frozen=True):
    """An incident that is related, or an earlier one that sounds alike or was of the same type."""

    number: int
    title: str
    severity: str
    declared_at: datetime
    url: str = ""
    follow_ups: int = 0
    follow_ups_done: int = 0
    is_alike: bool = True
    # `related` or `merged_here` when people said so.
    link: str = ""


class CallerMessage(Struct, frozen=True):
    """What callers heard from one moment to another, as one version of a message said it."""

    on_at: datetime
    off_at: datetime | None
    minutes: int
    lines: str
    text: str
    approved_by: str
    heard_at: datetime | None


class Record(Struct, frozen=True):
    """Everything the post-mortem is written from."""

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
    # What entries call the commander, in the words of floor.yaml; where it is left out, as the text does.
    commander_role: str = ""
    places: Sequence[str] = ()
    description: str = ""
    impact: str = ""
    # Figures of customers and of money, as far as somebody counted them.
    customers: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    is_private: bool = False
    is_drill: bool = False
    is_preview: bool = False
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    promises: Sequence[Promise] = ()
    adherence: Sequence[Adherence] = ()
    runs: Sequence[Run] = ()
    people: Sequence[Person] = ()
    # How the text calls each person, by their ids.
    labels: Mapping[str, str] = field(default_factory=dict)
    partners: Sequence[PartnerAnswer] = ()
    follow_ups: Sequence[FollowUp] = ()
    similar: Sequence[Similar] = ()
    # The contact centre's figures interval by interval: a head, rows of cells, and what they mean.
    interval_head: Sequence[str] = ()
    interval_rows: Sequence[Sequence[str]] = ()
    interval_notes: Sequence[str] = ()
    caller_messages: Sequence[CallerMessage] = ()

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
        """When the impact was over; until then the moment of writing."""
        return self.resolved_at or self.closed_at or self.written_at
