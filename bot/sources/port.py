"""What every source offers: rows page by page. A source knows neither database nor Slack, and is told the time.

A source has one method for each kind of row that it brings. What fails is raised, never an empty page: `TryLater`
with the seconds that the other system asks to wait, `SourceRefused` with a sentence for the administrator.
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


class Interval(Struct, frozen=True):
    """A queue's figures of one interval, by the names of `docs/impact.md`; a figure that is missing is unknown."""

    queue: str
    starts_at: datetime
    length_s: int
    figures: Mapping[str, float]
    site: str = ""
    partner: str = ""
    language: str = ""
    channel: str = ""


class ServiceTarget(Struct, frozen=True):
    """A promise on a case: when it began, when it is broken, and how long it was paused so far."""

    name: str
    started_at: datetime
    due_at: datetime | None
    paused_s: float = 0
    is_paused: bool = False
    is_breached: bool = False


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
    # Who wrote, and in which words: similar cases of several customers are proposed as an incident.
    customer: str = ""
    text: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = True
    # Since when it waits for somebody to accept it.
    waiting_since: datetime | None = None
    targets: tuple[ServiceTarget, ...] = ()


class LockoutKind(StrEnum):
    """What happened to somebody's account."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    SIGNED_IN = "signed in"
    FAILED = "failed to sign in"


class Lockout(Struct, frozen=True):
    """An account was locked or unlocked, or its owner signed in, or tried to: then from where, and with what."""

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
    """Somebody's time on duty in a role, by the names of `shifts: roles`. The person is an e-mail address, a handle
    or a name that floor.yaml knows; `external_id` stays the same when the shift is moved."""

    external_id: str
    person: str
    role: str
    starts_at: datetime
    ends_at: datetime
    region: str = ""
    site: str = ""
    zone: str = "UTC"


class TableFile(Struct, frozen=True):
    """A table as a file: read with the columns that people confirmed for its shape. `key` names this content."""

    key: str
    name: str
    path: Path


class Page(Struct, Generic[Row], frozen=True):
    """Some rows, and where to go on. While `complete_until` is None more follows at once; a page that has it is the
    last one for now, and up to that moment everything is known: what is not in it did not happen."""

    rows: Sequence[Row]
    next_cursor: str
    complete_until: datetime | None = None


class Outcome(Struct, frozen=True):
    """What came of something that a person asked for."""

    is_done: bool
    reason: str = ""


@runtime_checkable
class Source(Protocol):
    """What the doctor asks every source."""

    def check(self) -> list[str]:
        """Sentences on what is missing, by scope and right; none when it can be read."""


@runtime_checkable
class Intervals(Source, Protocol):
    """Brings figures of queues."""

    def read(self, cursor: str, now: datetime) -> Page[Interval]:
        """The page behind the cursor, which is empty at first."""


@runtime_checkable
class Cases(Source, Protocol):
    """Brings cases that were opened or changed; one that changed while it was read may come again."""

    def changed(self, cursor: str, now: datetime) -> Page[Case]:
        """The page behind the cursor, which is empty at first."""


@runtime_checkable
class CaseNotes(Source, Protocol):
    """Writes notes on cases."""

    def add(self, case_id: str, text: str, key: str) -> None:
        """Add a note unless one with this key is there."""


@runtime_checkable
class Lockouts(Source, Protocol):
    """Brings locked accounts, and can unlock them."""

    def since(self, cursor: str, now: datetime) -> Page[Lockout]:
        """The page behind the cursor, which is empty at first."""

    def unlock(self, user_id: str) -> Outcome:
        """Unlock an account; one that is not locked counts as done."""


@runtime_checkable
class PasswordResets(Source, Protocol):
    """Has the directory mail people a way to set a new password. What is in the mail is never seen here."""

    def reset_password(self, user_id: str) -> Outcome:
        """Send the mail; of several the last one counts, so that this may be repeated."""


@runtime_checkable
class Rosters(Source, Protocol):
    """Brings shifts."""

    def shifts(self, cursor: str, now: datetime) -> Page[Shift]:
        """Every shift from yesterday until two months ahead, all in one page: what is not in it any more is gone. A
        page without any shift changes nothing."""


@runtime_checkable
class Tables(Source, Protocol):
    """Brings tables as files, such as exports of a contact centre."""

    def files(self, cursor: str, now: datetime) -> Page[TableFile]:
        """The files behind the cursor, which is empty at first."""


class SourceConfig(Struct, frozen=True):
    """A source as floor.yaml describes it. `secret` comes from the environment; `folder` is for its files."""

    name: str
    url: str
    secret: str
    options: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()


# Makes a source of its configuration and of a client that may reach its address and nothing else.
Build = Callable[[SourceConfig, "httpx.Client"], Source]

# What may be asked of a source, and the name of the method that answers with pages.
STREAMS: Mapping[str, tuple[type, str]] = {
    "intervals": (Intervals, "read"),
    "cases": (Cases, "changed"),
    "lockouts": (Lockouts, "since"),
    "shifts": (Rosters, "shifts"),
    "tables": (Tables, "files"),
}


def streams_of(source: Source) -> list[str]:
    """The kinds of rows that a source brings."""
    return [name for name, (protocol, _) in STREAMS.items() if isinstance(source, protocol)]


def read_page(source: Source, stream: str, cursor: str, now: datetime) -> Page[Any]:
    """The next page of one kind of rows."""
    page: Page[Any] = getattr(source, STREAMS[stream][1])(cursor, now)
    return page
