"""Questions about an incident that nouns answer for each other, as plain data; see `Registry.ask`."""

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
    """How many updates were promised by the clock, and how many of them were sent in time."""

    kept: int = 0
    promised: int = 0


class TakenStep(Struct, frozen=True):
    """An open playbook step that somebody has taken."""

    title: str
    owner_id: str


class FigureSentences(Struct, frozen=True):
    """What an incident's figures say, in a language, escaped; empty when there are none."""

    line: str = ""
    # Queues and service levels, in one or several lines.
    operations: str = ""
    # Customers and what it cost.
    executives: str = ""


class FigureTable(Struct, frozen=True):
    """An incident interval by interval, as plain text; `notes` are the definitions, and what it cost in all."""

    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


class CallerMessageRow(Struct, frozen=True):
    """What callers heard for a while, as one version of a message said it."""

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
    """What a cohort is owed in a currency: sums as people write them, eligible being the total of the others."""

    cohort: str
    lines: int
    eligible: str
    issued: str
    failed: str
    excluded: str
    pending: str


class HandoverCounts(Struct, frozen=True):
    """Handovers of shifts that were begun in a time: how many were complete, and how many were late."""

    begun: int = 0
    complete: int = 0
    late: int = 0


class CaseFigures(Struct, frozen=True):
    """Of a region, team and kind of work item (`case`, `change`, `task`) in a time: how many came, ended, and
    were open at its end; how many of the ended had an SLA target, and met it; and how many people the team
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
    """A queue of the contact centre over a time; None is unknown, shares are of 1.

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
    """How many agents some queues need in a part of the time, so that they reach their goals.

    `agents` is Erlang A's answer, in which callers give up after `patience_s` on average; `agents_c` is Erlang C's,
    in which nobody does. Where not all is forecast, contacts are what the weekday and time usually bring.
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
    """Somebody who is on shift: as the roster names them, and who that is in Slack, once known."""

    person: str
    user_id: str | None
    role: str
    region: str


class SensitiveCase(Struct, frozen=True):
    """An open case of a customer who is watched with care; `left` says how much time there is."""

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
    """What is answered where no noun answers: the same, whatever is asked."""
    return lambda *asked: answer


NextUpdate = Callable[[Session, int, Collection[str] | None], datetime | None]
# When the next update is due: to any audience, or to one of those named.
NEXT_UPDATE: Fact[NextUpdate] = Fact("next update", always(None))
# The open steps that somebody has taken, in the order of their playbooks.
STEPS_TAKEN: Fact[Callable[[Session, int], Sequence[TakenStep]]] = Fact("steps taken", always(()))
# What is to be done after the incident, as it was written down.
FOLLOW_UPS: Fact[Callable[[Session, int], Sequence[str]]] = Fact("follow-ups", always(()))
# Of a follow-up the incident that it is about, and its words.
FOLLOW_UP_WORDS: Fact[Callable[[Session, int], tuple[int, str]]] = Fact("follow-up words", always((0, "")))
# The audiences that an update was composed for.
AUDIENCES_TOLD: Fact[Callable[[Session, int], Collection[str]]] = Fact("audiences told", always(()))
# How promised updates were kept.
UPDATES_KEPT: Fact[Callable[[Session, int], UpdatesKept]] = Fact("updates kept", always(UpdatesKept()))
# What a colleague reads who joins an open incident late.
CATCH_UP: Fact[Callable[[Services, Incident, str], Sequence[Block]]] = Fact("catch up", always(()))
# Is an incident like this one (which is not declared yet) private unless somebody says otherwise?
PRIVATE_BY_DEFAULT: Fact[Callable[[Services, Incident], bool]] = Fact("private by default", always(False))
# What the contact centre's figures say, for the updates.
FIGURE_SENTENCES: Fact[Callable[[Session, int, str], FigureSentences]] = Fact(
    "figure sentences", always(FigureSentences())
)
# The figures interval by interval, for the post-mortem, at a moment and in a language.
FIGURE_TABLE: Fact[Callable[[Session, Services, int, datetime, str], FigureTable]] = Fact(
    "figure table", always(FigureTable())
)
# The chart of the figures as PNG, at a moment; it takes a third of a second.
FIGURE_CHART: Fact[Callable[[Services, int, datetime], bytes]] = Fact("figure chart", always(b""))
# What callers hear now, in a language; empty when they hear nothing, or nothing in that language.
CALLER_WORDING: Fact[Callable[[Session, int, str], str]] = Fact("caller wording", always(""))
# Everything that callers heard, version by version.
CALLER_MESSAGES: Fact[Callable[[Session, Services, int, datetime], Sequence[CallerMessageRow]]] = Fact(
    "caller messages", always(())
)
# Credits and refunds by cohort and currency; no account is in it.
MONEY: Fact[Callable[[Session, int], Sequence[MoneyRow]]] = Fact("money", always(()))
# What is to be said of sources that were not read for long: their kind of rows, and how old what is known is.
STALE_SOURCES: Fact[Callable[[Session, Services, Collection[str], datetime], Sequence[str]]] = Fact(
    "stale sources", always(())
)
# Writes a work note to a case at a source, by the case's external id, with its text and a key that makes
# repeating it harmless; None where the source takes none.
AddCaseNote = Callable[[str, str, str], None]
CASE_NOTES: Fact[Callable[[Services, str], AddCaseNote | None]] = Fact("case notes", always(None))
# Who may take over a person's shift at a moment, the likeliest first.
NEXT_ON_SHIFT: Fact[Callable[[Session, Services, str, datetime], Sequence[str]]] = Fact("next on shift", always(()))
# Who is accountable instead of a person who is not available from a moment on.
FALLBACK: Fact[Callable[[Session, Services, str, datetime], str | None]] = Fact("fallback", always(None))
# What unlocks an account of a source by its id and gives back why it did not; None when the source cannot.
UNLOCKING: Fact[Callable[[Services, str], Callable[[str], str] | None]] = Fact("unlocking", always(None))
# Likewise, what has a source mail somebody a way to set a new password.
RESETTING: Fact[Callable[[Services, str], Callable[[str], str] | None]] = Fact("resetting", always(None))
# Who is the point of contact at a moment.
CONTACT_NOW: Fact[Callable[[Session, Services, datetime], Sequence[str]]] = Fact("contact now", always(()))
# Everyone who is on shift at a moment, and not absent; or who has a shift between two.
ON_SHIFT: Fact[Callable[[Session, Services, datetime, datetime | None], Sequence[OnShift]]] = Fact(
    "on shift", always(())
)
# What nouns bring to the handover of a shift: cases at risk, pages without an answer, updates promised.
RISKY_CASES: Fact[Callable[[Session, Services, datetime], Sequence[HandoverItem]]] = Fact("risky cases", always(()))
UNANSWERED_PAGES: Fact[Callable[[Session, Services, datetime], Sequence[HandoverItem]]] = Fact(
    "unanswered pages", always(())
)
PROMISES_DUE: Fact[Callable[[Session, Services, datetime], Sequence[HandoverItem]]] = Fact(
    "promises due", always(())
)
# Handovers of shifts begun in a time.
SHIFT_HANDOVERS: Fact[Callable[[Session, datetime, datetime], HandoverCounts]] = Fact(
    "shift handovers", always(HandoverCounts())
)
# Of the gaps that began in a time: how many there were, and how many were filled late or never.
SHIFT_GAPS: Fact[Callable[[Session, datetime, datetime], tuple[int, int]]] = Fact("shift gaps", always((0, 0)))
# How many follow-ups were open and late at a moment.
FOLLOW_UPS_OVERDUE: Fact[Callable[[Session, datetime], int]] = Fact("follow-ups overdue", always(0))
# How promised updates were kept, of many incidents at once.
UPDATES_KEPT_OF_MANY: Fact[Callable[[Session, Sequence[int]], Mapping[int, UpdatesKept]]] = Fact(
    "updates kept of many", always({})
)
# Cases by region, team and kind of work item, from a moment until before another.
CASE_FIGURES: Fact[Callable[[Session, Services, datetime, datetime], Sequence[CaseFigures]]] = Fact(
    "case figures", always(())
)
# The open cases of sensitive customers, by name, with the time that is left in a language.
SENSITIVE_CASES: Fact[Callable[[Session, Services, datetime, str], Sequence[SensitiveCase]]] = Fact(
    "sensitive cases", always(())
)
# The figures of every queue, from a moment until before another, with their formulas in a language.
QUEUE_FIGURES: Fact[Callable[[Session, Services, datetime, datetime, str], Sequence[QueueFigures]]] = Fact(
    "queue figures", always(())
)
# How many agents queues need, by patterns of their names and a site, from a moment until another.
AGENTS_NEEDED: Fact[
    Callable[[Session, Services, Sequence[str], str, datetime, datetime], Sequence[AgentsNeeded]]
] = Fact("agents needed", always(()))
# How many guides that are missing were noted in a time, and how many of those are published.
KNOWLEDGE_GAPS: Fact[Callable[[Session, datetime, datetime], tuple[int, int]]] = Fact(
    "knowledge gaps", always((0, 0))
)
