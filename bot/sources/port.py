"""The interface of all sources: rows page by page. A source knows neither database nor Slack, and is told the time.

A source has one method for each kind of row that it provides. Failures are raised, never returned as an empty page:
`TryLater` with the seconds that the other system asks to wait, `SourceRefused` with a sentence for administrators.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from msgspec import Struct, field

from bot.errors import WatchfloorError

if TYPE_CHECKING:
    import httpx

Row = TypeVar("Row", covariant=True)


class SourceRefused(WatchfloorError):
    """{name} cannot be read: {reason}."""

    def __init__(self, **facts: object) -> None:
        super().__init__(**{name: str(fact).rstrip(".") for name, fact in facts.items()})


class CredentialsRefused(SourceRefused):
    """{name} cannot be read: it does not accept the credentials; check the secret, and whether it has expired."""


class RequestRefused(SourceRefused):
    """{name} cannot be read: {reason}."""

    # Not the credentials: another request may be accepted, such as one without a continuation that has expired.


class Interval(Struct, frozen=True):
    """A queue's figures for one interval, by the names of `docs/impact.md`; a missing figure is unknown."""

    queue: str
    starts_at: datetime
    length_s: int
    figures: Mapping[str, float]
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""


class ServiceTarget(Struct, frozen=True):
    """A promise on a case: when it began, when it breaches, how long it has been paused, and whether it is over."""

    name: str
    started_at: datetime
    due_at: datetime | None
    paused_s: float = 0
    # True once it was met or missed for good, such as the first response of a case that was answered.
    is_over: bool = False


class Case(Struct, frozen=True):
    """A case of another system. Its priority is P1 to P5, never a severity."""

    external_id: str
    number: str
    title: str
    priority: str
    state: str
    opened_at: datetime
    updated_at: datetime
    queue: str = ""
    assignee: str = ""
    link: str = ""
    # Used to propose similar cases of several customers as an incident.
    customer: str = ""
    text: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = True
    targets: tuple[ServiceTarget, ...] = ()


class LockoutKind(StrEnum):
    """What happened to an account."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SIGNED_IN = "signed in"
    FAILED = "failed to sign in"


class Lockout(Struct, frozen=True):
    """A lock, unlock or sign-in of an account; for a failed sign-in also its origin and program."""

    external_id: str
    user_id: str
    login: str
    kind: LockoutKind
    at: datetime
    reason: str = ""
    address: str = ""
    place: str = ""
    client: str = ""


class Shift(Struct, frozen=True):
    """A person's time on duty in a role, by the names of `shifts: roles`.

    The person is an e-mail address, a handle or a name that floor.yaml knows; `external_id` stays the same when the
    shift is moved.
    """

    external_id: str
    person: str
    role: str
    starts_at: datetime
    ends_at: datetime
    region: str = ""
    site: str = ""
    zone: str = "UTC"


class TableFile(Struct, frozen=True):
    """A table as a file, read with the columns that people confirmed for its shape. `key` names this content."""

    key: str
    name: str
    path: Path


# What an answer raises that a source does not understand.
NOT_UNDERSTOOD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError)


class Unread(Struct, frozen=True):
    """A row that is not understood: its name in the other system, and why."""

    name: str
    reason: str


class Page(Struct, Generic[Row], frozen=True):
    """Some rows, and the cursor of the next page.

    While `complete_until` is None, more pages follow at once. A page that has it is the last for now, and all
    rows up to that time are known: what is not in it did not happen.
    """

    rows: Sequence[Row]
    next_cursor: str
    complete_until: datetime | None = None
    # Rows that are left out, so that they do not stop the others.
    unread: Sequence[Unread] = ()


class Outcome(Struct, frozen=True):
    """The result of an action that a person requested."""

    is_done: bool
    reason: str = ""


@runtime_checkable
class Source(Protocol):
    """The interface that the doctor uses on every source."""

    def check(self) -> list[str]:
        """Return a sentence for each missing scope or right; none if the source can be read."""


@runtime_checkable
class Intervals(Source, Protocol):
    """A source of queue figures."""

    def read(self, cursor: str, now: datetime) -> Page[Interval]:
        """Return the page after the cursor, which is empty at first."""


@runtime_checkable
class Cases(Source, Protocol):
    """A source of opened or changed cases; one that changes while it is read may come again."""

    def changed(self, cursor: str, now: datetime) -> Page[Case]:
        """Return the page after the cursor, which is empty at first."""


@runtime_checkable
class CasesById(Source, Protocol):
    """A source that can be asked for cases by id, since it tells nobody which of them it has deleted."""

    def of_ids(self, case_ids: Sequence[str]) -> Sequence[Case]:
        """Return those of these cases that it still has, as they are now, whatever else it reads. At most 100."""


@runtime_checkable
class CaseNotes(Source, Protocol):
    """A source that can write notes on cases."""

    def add(self, case_id: str, text: str, key: str) -> None:
        """Add a note unless one with this key exists."""


@runtime_checkable
class Lockouts(Source, Protocol):
    """A source of locked accounts that can unlock them."""

    def since(self, cursor: str, now: datetime) -> Page[Lockout]:
        """Return the page after the cursor, which is empty at first."""

    def unlock(self, user_id: str) -> Outcome:
        """Unlock an account; one that is not locked counts as done."""


@runtime_checkable
class PasswordResets(Source, Protocol):
    """A source whose directory mails people a way to set a new password. The mail's content is never seen here."""

    def reset_password(self, user_id: str) -> Outcome:
        """Send the mail; only the last one counts, so a retry is harmless."""


@runtime_checkable
class Rosters(Source, Protocol):
    """A source of shifts."""

    def shifts(self, cursor: str, now: datetime) -> Page[Shift]:
        """Return every shift from yesterday until two months ahead, in one page; a missing shift is gone.

        A page without any shift changes nothing.
        """


@runtime_checkable
class Tables(Source, Protocol):
    """A source of tables as files, such as exports of a contact centre."""

    def files(self, cursor: str, now: datetime) -> Page[TableFile]:
        """Return the files after the cursor, which is empty at first."""


def _default_threshold_s(queue: str) -> float:
    return 20.0


class SourceConfig(Struct, frozen=True):
    """A source as floor.yaml describes it. `secret` comes from the environment; `folder` is for its files;
    `threshold_s` returns the seconds within which a queue's contacts should be answered."""

    name: str
    url: str
    secret: str
    options: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    threshold_s: Callable[[str], float] = _default_threshold_s


# Builds a source from its configuration and a client that can reach its address and nothing else.
Build = Callable[[SourceConfig, "httpx.Client"], Source]

# The protocol of each kind of row, and the name of its method that returns pages.
STREAMS: Mapping[str, tuple[type, str]] = {
    "intervals": (Intervals, "read"),
    "cases": (Cases, "changed"),
    "lockouts": (Lockouts, "since"),
    "shifts": (Rosters, "shifts"),
    "tables": (Tables, "files"),
}


def streams_of(source: Source) -> list[str]:
    """Return the kinds of rows that a source provides."""
    return [name for name, (protocol, _) in STREAMS.items() if isinstance(source, protocol)]


def read_page(source: Source, stream: str, cursor: str, now: datetime) -> Page[Any]:
    """Return the next page of one kind of row."""
    page: Page[Any] = getattr(source, STREAMS[stream][1])(cursor, now)
    return page
