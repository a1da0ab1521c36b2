"""The registry of what nouns contribute: listeners, commands, event handlers, ticks, guards, facts and the rest.

`bot.bootstrap` fills it once; afterwards it is only read, with `services.get(Registry)`. Nouns learn about each
other only through the registry or through events.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct, field
from pydantic import SecretStr
from slack_bolt import App
from sqlalchemy import Select
from sqlmodel import Session

from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.incidents.change import Change
from bot.incidents.event_handlers import EventHandlers
from bot.incidents.events import Event
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import CommandResponse
from bot.incidents.tables import Incident
from bot.outbox.kinds import Kind
from bot.runtime.csv_file import Cell
from bot.services import Services
from bot.slack.blocks import Block
from bot.sources.port import TableFile

E = TypeVar("E", bound=Event)
Answer = TypeVar("Answer", bound=Callable[..., Any])

RegisterListeners = Callable[[App, Services], None]
Recorder = Callable[[Services, Payload], None]
Subcommand = Callable[[Services, SlashCommand], CommandResponse]
# Returns a person's name by their id; empty for None.
Naming = Callable[[str | None], str]
Rows = Sequence[Sequence[Cell]]


class Section(IntEnum):
    """The parts of `/incident help`, in order; the endings come below the channel's commands."""

    ANYWHERE = 1
    CHANNEL = 2
    ENDING = 3
    AFTERWARDS = 4


class HelpLine(Struct, frozen=True, order=True):
    """A line of `/incident help`, ordered by section and position."""

    section: Section
    position: int
    text: str


class Tick(Struct, frozen=True):
    """Work that the clock runs when something is due, or every second without `due`.

    `due` selects the earliest due time by one indexed lookup; all ticks' lookups run in one statement.
    """

    name: str
    run: Callable[[Services, datetime], None]
    due: Select[Any] | None = None


class Job(Struct, frozen=True):
    """Work that the clock runs at intervals."""

    name: str
    every_s: float
    run: Callable[[Services], None]
    # Also run at the start, once the bot knows its people, so that nobody waits for the first interval.
    is_for_start: bool = False


class Objection(Struct, frozen=True):
    """Something to do before an incident is resolved or closed, and whether it can be waived."""

    text: str
    can_be_waived: bool = True


class Guard(Struct, frozen=True):
    """A check before an incident is resolved or closed; the `str` argument is the action, `resolve` or `close`."""

    objections: Callable[[Session, int, str], Sequence[Objection]]
    # Returns the refusal for a person who gave no reason to proceed despite the objections.
    refusal: Callable[[str, Sequence[Objection]], WatchfloorError]
    # Waives the objections, for a reason that goes on record.
    waive: Callable[[Change, str, str], None]


class Fact(Struct, Generic[Answer], frozen=True):
    """A question about incidents that one noun answers for the others; `unanswered` is used if none does."""

    name: str
    unanswered: Answer


class PurgeRule(Struct, frozen=True):
    """The columns of a table with text that people wrote: a purge sets them to "[removed]" or what `emptied` says.

    Tables without such text are registered by `without_text`, so that a test can tell them from forgotten ones.
    """

    table: str
    columns: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    # For a table whose rows belong to no incident: the column with the time a row was over.
    over_at: str = ""
    # A column and a value: rows with this value keep their text.
    kept: tuple[str, str] | None = None


class Export(Struct, frozen=True):
    """A table in the export of an incident, for a spreadsheet; the `Naming` argument gives people's names."""

    file: str
    header: Sequence[str]
    rows: Callable[[Session, int, Naming], Rows]


class SummaryPart(Struct, frozen=True):
    """A part of the summary for a person who takes over or catches up: its title, and its lines as mrkdwn."""

    position: int
    title: str
    lines: Callable[[Session, Services, Incident, datetime], Sequence[str]]


class ChecklistItem(Struct, frozen=True):
    """An item of the checklist for the end of an incident; `is_done` returns None if it does not apply."""

    position: int
    title: str
    is_done: Callable[[Session, Incident], bool | None]


# Loads the data for all incidents once; returns a function that gives each incident's alarms as sentences by key.
Audit = Callable[[Session, Services, datetime], Callable[[Incident], Mapping[str, str]]]
# Likewise, for what belongs to no incident.
FloorAudit = Callable[[Session, Services, datetime], Mapping[str, str]]
# Stores rows of a source within the transaction that moves its cursor. Idempotent by key.
TakeRows = Callable[[Session, Services, str, str, Sequence[Any]], None]


class AskedRows(Struct, frozen=True):
    """Rows of a source that are asked for by id, as no source says what it deletes."""

    # The ids of the rows of a source that are open here, and of those that it changed last, open or not.
    open_ids: Callable[[Session, str], Sequence[str]]
    newest_ids: Callable[[Session, str], Sequence[str]]
    # Ends the rows with these ids, which the source no longer has.
    end: Callable[[Session, Services, str, Sequence[str], datetime], None]


# Stores a file of a source, once per content; returns why it cannot be used, or an empty string.
TakeFile = Callable[[Services, str, TableFile], str]

TAKEN_BEFORE: Mapping[str, object] = {"rows": 0, "note": "taken before, so nothing was changed"}


class SignedPost(Struct, frozen=True):
    """An endpoint to which another system posts rows, signed with a shared secret from the settings.

    It exists only if the secret is set. `take` stores the rows within the transaction and returns the outcome; it
    raises `NotUnderstood` if the body is not as documented. A repeated request is not taken twice.
    """

    path: str
    secret: Callable[[Settings], SecretStr]
    take: Callable[[Services, Session, bytes, datetime], Mapping[str, object]]


class DroppedFile(Struct, frozen=True):
    """A file that a person sent in a message."""

    file_id: str
    name: str
    channel_id: str
    ts: str
    by: str


class TableReader(Struct, frozen=True):
    """A reader of dropped tables without figures: it recognises a file by its columns, then shows it."""

    recognises: Callable[[Path], bool]
    show: Callable[[Services, DroppedFile, Path], None]
    # The columns by which it is recognised, for a person whose file nobody recognises.
    columns: str


class Registry(Struct):
    """Everything that nouns have registered, in the order in which `bot/bootstrap/nouns.py` lists them."""

    listeners: list[RegisterListeners] = field(default_factory=list)
    slack_events: dict[str, list[Recorder]] = field(default_factory=dict)
    commands: dict[str, Subcommand] = field(default_factory=dict)
    # Commands that guests may use, too; each checks what a guest may see.
    guest_commands: set[str] = field(default_factory=set)
    help_lines: list[HelpLine] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    # Resolvers of a name to people, for an incident at a moment, tried in order; the first that knows the name
    # answers. They ask the database alone, so that they can be used within a transaction.
    people: list[Callable[[Session, int, str, datetime], Sequence[str] | None]] = field(default_factory=list)
    # Called for a person whose account is deactivated, outside a transaction and perhaps more than once.
    departures: list[Callable[[Services, str], None]] = field(default_factory=list)
    # Called for a person who becomes unavailable (absent, or the account deactivated), within the transaction that
    # records it.
    unavailable: list[Callable[[Session, Services, str, datetime], None]] = field(default_factory=list)
    # The parts of a person's home tab.
    home: list[Callable[[Services, str], list[Block]]] = field(default_factory=list)
    # The parts of an incident's summary, sorted by position when used.
    summary_parts: list[SummaryPart] = field(default_factory=list)
    # What should be done before a post-mortem is published, sorted by position when used.
    checklist: list[ChecklistItem] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    audits_of_floor: list[FloorAudit] = field(default_factory=list)
    # The consumers of other systems' data, by the kind of rows (`bot/sources/port.py`).
    takes_rows: dict[str, list[TakeRows]] = field(default_factory=dict)
    # The rows that a source is asked for by id, by their kind.
    asked_rows: dict[str, AskedRows] = field(default_factory=dict)
    takes_files: list[TakeFile] = field(default_factory=list)
    purge_rules: list[PurgeRule] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    # The kinds of outbox rows by which nouns show something in Slack.
    kinds: list[Kind] = field(default_factory=list)
    # Factories of nouns' own parts, built from the settings; `services.get(Class)` finds a part by its class.
    parts: list[Callable[[Settings, Floor], object | None]] = field(default_factory=list)
    # Endpoints to which other systems post rows.
    posts: list[SignedPost] = field(default_factory=list)
    # Readers of files that people drop, tried before the files are read as figures.
    table_readers: list[TableReader] = field(default_factory=list)
    # The endings of the names of files that are read when people drop them in a direct message.
    file_endings: set[str] = field(default_factory=set)
    event_handlers: EventHandlers = field(default_factory=EventHandlers)
    _facts: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def on(self, event: type[E], handler: Callable[[Change, E], None]) -> None:
        """Register a handler to be called when the event is published, within the transaction of the change."""
        self.event_handlers.add(event, handler)

    def command(self, name: str, subcommand: Subcommand, *, for_guests: bool = False) -> None:
        """`/incident WORD …` calls the function."""
        self.commands[name] = subcommand
        if for_guests:
            self.guest_commands.add(name)

    def usage(self, name: str) -> tuple[str, str]:
        """The syntax of `/incident NAME` and what it does, both from the docstring of its function."""
        docstring = " ".join((self.commands[name].__doc__ or "").split())
        syntax, _, description = docstring.partition("`: ")
        return f"{syntax}`", description[:1].upper() + description[1:]

    def help(self, section: Section, position: int, text: str) -> None:
        """Add a line to `/incident help`."""
        self.help_lines.append(HelpLine(section, position, text))

    def record(self, recorder: Recorder, *event_types: str) -> None:
        """Register a recorder for these Slack events; it runs before they are acknowledged."""
        for event_type in event_types:
            self.slack_events.setdefault(event_type, []).append(recorder)

    def without_text(self, *tables: str) -> None:
        """Register tables that hold no text that people wrote."""
        self.purge_rules += map(PurgeRule, tables)

    def answers(self, fact: Fact[Answer], answer: Answer) -> None:
        """Register the noun's answer to a question."""
        self._facts[fact.name] = answer

    def ask(self, fact: Fact[Answer]) -> Answer:
        """Return the function that answers the question."""
        return cast(Answer, self._facts.get(fact.name, fact.unanswered))
