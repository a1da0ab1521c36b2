"""Questions that nouns answer for each other with plain data; see `Registry.ask`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from sqlmodel import Session

from bot.incidents.handover_items import HandoverItem
from bot.incidents.registry import Fact
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block


class UpdatesKept(Struct, frozen=True):
    """The number of updates promised by the clock, and of those sent in time."""

    kept: int = 0
    promised: int = 0


class TakenStep(Struct, frozen=True):
    """An open playbook step that has an owner."""

    title: str
    owner_id: str


class FigureSentences(Struct, frozen=True):
    """An incident's figures as sentences in a language, escaped; empty if there are none."""

    line: str = ""
    # Queues and service levels, in one or several lines.
    operations: str = ""
    # Customers and costs.
    executives: str = ""
    # When figures last changed them.
    changed_at: datetime | None = None


class FigureTable(Struct, frozen=True):
    """An incident's intervals as plain text; `notes` are the definitions and the total cost."""

    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


class CallerMessageRow(Struct, frozen=True):
    """One version of a caller message, and when it was on."""

    on_at: datetime
    off_at: datetime | None
    minutes: int
    variant: str
    lines: str
    text: str
    version: int
    approved_by: str
    heard_at: datetime | None


class MoneyRow(Struct, frozen=True):
    """What a cohort is owed in a currency: formatted sums, where `eligible` is the total of the others."""

    cohort: str
    lines: int
    eligible: str
    issued: str
    failed: str
    excluded: str
    pending: str


class HandoverCounts(Struct, frozen=True):
    """The number of shift handovers begun in a period, and how many were complete and late."""

    begun: int = 0
    complete: int = 0
    late: int = 0


class CaseFigures(Struct, frozen=True):
    """Counts for a region, team and kind of work item (`case`, `change`, `task`) in a period: how many came, ended
    and were open at its end; how many of the ended had an SLA target and met it; and how many people the team
    has."""

    region: str
    team: str
    kind: str
    intake: int = 0
    ended: int = 0
    backlog: int = 0
    with_target: int = 0
    met: int = 0
    reopened: int = 0
    people: int = 0


class QueueFigures(Struct, frozen=True):
    """A contact-centre queue over a period; None means unknown, and shares are fractions of 1.

    `formula` says in words how the service level is computed.
    """

    name: str
    site: str
    formula: str
    offered: float | None = None
    service_level: float | None = None
    asa_s: float | None = None
    aht_s: float | None = None
    abandonment: float | None = None


class AgentsNeeded(Struct, frozen=True):
    """The number of agents that some queues need in part of a period to reach their goals.

    `agents` is by Erlang A, in which callers give up after `patience_s` on average; `agents_c` is by Erlang C, in
    which callers never do. If not everything is forecast, contacts are the usual number for the weekday and time.
    """

    starts_at: datetime
    ends_at: datetime
    agents: int
    agents_c: int
    offered: float
    aht_s: float
    patience_s: float
    is_forecast: bool = True


class OnShift(Struct, frozen=True):
    """A person on shift: the name in the roster, and their Slack id once known."""

    person: str
    user_id: str | None
    role: str
    region: str


class SensitiveCase(Struct, frozen=True):
    """An open case of a sensitive customer; `left` says how much time is left."""

    name: str
    title: str
    customer: str
    priority: str
    region: str
    team: str
    owner_id: str | None
    left: str


Value = TypeVar("Value")


def always(answer: Value) -> Callable[..., Value]:
    """Return a function that gives the same answer for any arguments, for facts that no noun answers."""
    return lambda *arguments: answer


NextUpdate = Callable[[Session, Services, Incident, Collection[str] | None, datetime | None], datetime | None]
# When the next update is due to any audience, or to any of the audiences named. If a time is given, automatic
# updates due before it do not count, but those that follow them do.
NEXT_UPDATE: Fact[NextUpdate] = Fact("next update", always(None))
# The open steps with an owner, in playbook order.
STEPS_TAKEN: Fact[Callable[[Session, int], Sequence[TakenStep]]] = Fact("steps taken", always(()))
# The incident's follow-ups, as written down.
FOLLOW_UPS: Fact[Callable[[Session, int], Sequence[str]]] = Fact("follow-ups", always(()))
# A follow-up's incident and text.
FOLLOW_UP_WORDS: Fact[Callable[[Session, int], tuple[int, str]]] = Fact("follow-up words", always((0, "")))
# The audiences for which an update was composed.
AUDIENCES_TOLD: Fact[Callable[[Session, int], Collection[str]]] = Fact("audiences told", always(()))
# The partners of an incident that have had no notice, below which they would read its updates.
PARTNERS_UNTOLD: Fact[Callable[[Session, Incident], Sequence[str]]] = Fact("partners untold", always(()))
# How many promised updates were kept.
UPDATES_KEPT: Fact[Callable[[Session, int], UpdatesKept]] = Fact("updates kept", always(UpdatesKept()))
# What a colleague who joins an open incident late reads.
CATCH_UP: Fact[Callable[[Services, Incident, str], Sequence[Block]]] = Fact("catch up", always(()))
# Whether an incident like this one (not declared yet) is private by default.
PRIVATE_BY_DEFAULT: Fact[Callable[[Services, Incident], bool]] = Fact("private by default", always(False))
# The contact centre's figures as sentences, for updates.
FIGURE_SENTENCES: Fact[Callable[[Session, int, str], FigureSentences]] = Fact(
    "figure sentences", always(FigureSentences())
)
# The figures by interval for the post-mortem, at a time and in a language.
FIGURE_TABLE: Fact[Callable[[Session, Services, int, datetime, str], FigureTable]] = Fact(
    "figure table", always(FigureTable())
)
# The chart of the figures as PNG, at a time; drawing it takes a third of a second.
FIGURE_CHART: Fact[Callable[[Services, int, datetime], bytes]] = Fact("figure chart", always(b""))
# What callers hear now in a language; empty if they hear nothing, or nothing in that language.
CALLER_WORDING: Fact[Callable[[Session, int, str], str]] = Fact("caller wording", always(""))
# Everything that callers heard, version by version.
CALLER_MESSAGES: Fact[Callable[[Session, Services, int, datetime], Sequence[CallerMessageRow]]] = Fact(
    "caller messages", always(())
)
# Credits and refunds by cohort and currency, without accounts, in a language.
MONEY: Fact[Callable[[Session, int, str], Sequence[MoneyRow]]] = Fact("money", always(()))
# Warnings about sources not read for long: the kind of rows, and the age of the data.
STALE_SOURCES: Fact[Callable[[Session, Services, Collection[str], datetime], Sequence[str]]] = Fact(
    "stale sources", always(())
)
# Adds a work note to a case at a source, given the case's external id, the text and an idempotency key. The fact
# is None if the source takes no notes.
AddCaseNote = Callable[[str, str, str], None]
CASE_NOTES: Fact[Callable[[Services, str], AddCaseNote | None]] = Fact("case notes", always(None))
# The people who may take over a person's shift at a time, likeliest first.
NEXT_ON_SHIFT: Fact[Callable[[Session, Services, str, datetime], Sequence[str]]] = Fact("next on shift", always(()))
# The person accountable in place of one who is unavailable from a time on.
FALLBACK: Fact[Callable[[Session, Services, str, datetime], str | None]] = Fact("fallback", always(None))
# A function that unlocks a source's account by id and returns why it failed; None if the source cannot unlock.
UNLOCKING: Fact[Callable[[Services, str], Callable[[str], str] | None]] = Fact("unlocking", always(None))
# Likewise, a function that has a source mail a person a way to set a new password.
RESETTING: Fact[Callable[[Services, str], Callable[[str], str] | None]] = Fact("resetting", always(None))
# Until when a person who is absent at a time stays so; None for one who is not absent.
ABSENT_UNTIL: Fact[Callable[[Session, str, datetime], datetime | None]] = Fact("absent until", always(None))
# The point of contact at a time.
CONTACT_NOW: Fact[Callable[[Session, Services, datetime], Sequence[str]]] = Fact("contact now", always(()))
# Everyone who is on shift and not absent at a time, or has a shift between two times.
ON_SHIFT: Fact[Callable[[Session, Services, datetime, datetime | None], Sequence[OnShift]]] = Fact(
    "on shift", always(())
)
# What nouns contribute to a shift handover: the cases most at risk and those at risk for whose keys somebody is
# accountable, unanswered pages, promised updates.
RISKY_CASES: Fact[Callable[[Session, Services, datetime, Collection[str]], Sequence[HandoverItem]]] = Fact(
    "risky cases", always(())
)
UNANSWERED_PAGES: Fact[Callable[[Session, Services, datetime], Sequence[HandoverItem]]] = Fact(
    "unanswered pages", always(())
)
PROMISES_DUE: Fact[Callable[[Session, Services, Incident, datetime], list[str]]] = Fact("promises due", always([]))
# Shift handovers begun in a period.
SHIFT_HANDOVERS: Fact[Callable[[Session, datetime, datetime], HandoverCounts]] = Fact(
    "shift handovers", always(HandoverCounts())
)
# The number of roster gaps that began in a period, and of those filled late or never.
SHIFT_GAPS: Fact[Callable[[Session, datetime, datetime], tuple[int, int]]] = Fact("shift gaps", always((0, 0)))
# The number of follow-ups open and overdue at a time.
FOLLOW_UPS_OVERDUE: Fact[Callable[[Session, datetime], int]] = Fact("follow-ups overdue", always(0))
# How many promised updates were kept, for many incidents at once.
UPDATES_KEPT_OF_MANY: Fact[Callable[[Session, Sequence[int]], Mapping[int, UpdatesKept]]] = Fact(
    "updates kept of many", always({})
)
# Cases by region, team and kind of work item, from a time (inclusive) to another (exclusive).
CASE_FIGURES: Fact[Callable[[Session, Services, datetime, datetime], Sequence[CaseFigures]]] = Fact(
    "case figures", always(())
)
# The open cases of sensitive customers, by name, with the time left in a language.
SENSITIVE_CASES: Fact[Callable[[Session, Services, datetime, str], Sequence[SensitiveCase]]] = Fact(
    "sensitive cases", always(())
)
# The figures of every queue, from a time (inclusive) to another (exclusive), with formulas in a language.
QUEUE_FIGURES: Fact[Callable[[Session, Services, datetime, datetime, str], Sequence[QueueFigures]]] = Fact(
    "queue figures", always(())
)
# The agents that queues need, selected by name patterns and a site, from one time to another.
AGENTS_NEEDED: Fact[
    Callable[[Session, Services, Sequence[str], str, datetime, datetime], Sequence[AgentsNeeded]]
] = Fact("agents needed", always(()))
# The number of missing guides noted in a period, and of those since published.
GUIDES_MISSING: Fact[Callable[[Session, datetime, datetime], tuple[int, int]]] = Fact(
    "guides missing", always((0, 0))
)
# The files in channels other than the incident's own: the id of each channel, and of each file.
FILES_IN_CHANNELS: Fact[Callable[[Session, int], Sequence[tuple[str, str]]]] = Fact("files in channels", always(()))
