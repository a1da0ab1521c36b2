"""Where nouns say what they bring: listeners, commands, events they follow, ticks, guards, facts and the rest.

`bot.bootstrap` fills it once; afterwards it is only read, with `services.get(Registry)`. What a noun must know
of another comes through here or through an event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from msgspec import Struct, field
from pydantic import SecretStr
from slack_bolt import App
from sqlalchemy import Select
from sqlmodel import Session

from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.incidents.events import Event
from bot.incidents.parse import Payload, SlashCommand
from bot.incidents.responses import Response
from bot.incidents.tables import Incident
from bot.outbox.kinds import Kind
from bot.runtime.csv_file import Cell
from bot.services import Services
from bot.slack.blocks import Block
from bot.sources.port import TableFile

if TYPE_CHECKING:
    from bot.incidents.change import Change

E = TypeVar("E", bound=Event)
Answer = TypeVar("Answer", bound=Callable[..., Any])

RegisterListeners = Callable[[App, Services], None]
Recorder = Callable[[Services, Payload], None]
Subcommand = Callable[[Services, SlashCommand], Response]
Handler = Callable[["Change", E], None]
# The name of a person, by their id; empty for nobody.
Naming = Callable[[str | None], str]
Rows = Sequence[Sequence[Cell]]


class Section(IntEnum):
    """The parts of `/incident help`, in their order; the endings stand below the channel's commands."""

    ANYWHERE = 1
    CHANNEL = 2
    ENDING = 3
    AFTERWARDS = 4


class HelpLine(Struct, frozen=True, order=True):
    """A line of `/incident help`; lower places come first."""

    section: Section
    place: int
    text: str


class Tick(Struct, frozen=True):
    """What the clock does when something is due, or every second when it cannot say when that is.

    `due` selects the earliest due time, as one indexed look-up: all of them are asked in one statement.
    """

    name: str
    run: Callable[[Services, datetime], None]
    due: Select[Any] | None = None


class Job(Struct, frozen=True):
    """What the clock does now and then."""

    name: str
    every_s: float
    run: Callable[[Services], None]
    # Also when the bot has started and knows who is there: nobody waits for the first time.
    is_for_start: bool = False


class Objection(Struct, frozen=True):
    """Something that should be done before an incident is resolved or closed, and whether it can be waived."""

    text: str
    can_be_waived: bool = True


class Guard(Struct, frozen=True):
    """Asked before an incident is resolved or closed: `act` is `resolve` or `close`."""

    objections: Callable[[Session, int, str], Sequence[Objection]]
    # The refusal for a person who gave no reason to go on in spite of the objections.
    refusal: Callable[[str, Sequence[Objection]], WatchfloorError]
    # Goes on in spite of them, for a reason that is on record.
    waive: Callable[["Change", str, str], None]


class Fact(Struct, Generic[Answer], frozen=True):
    """A question about incidents that one noun answers for all others; `unanswered` is used when none does."""

    name: str
    unanswered: Answer


class PurgeRule(Struct, frozen=True):
    """Which columns of a table hold what people wrote: a purge leaves "[removed]" in them, or what `emptied` says.

    A table that holds no such text is registered, too, so that a test can tell it from one that was forgotten.
    """

    table: str
    columns: tuple[str, ...] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    # Of a table whose rows belong to no incident: the column that says when a row was over.
    over_at: str = ""
    # A column and its value: rows that have it keep their words.
    kept: tuple[str, str] | None = None


class Export(Struct, frozen=True):
    """A table for a spreadsheet in the export of an incident; people's names are given by the function."""

    file: str
    header: Sequence[str]
    rows: Callable[[Session, int, Naming], Rows]


class SummaryPart(Struct, frozen=True):
    """A part of what somebody reads who takes over or catches up: its title, and its lines as mrkdwn."""

    place: int
    title: str
    lines: Callable[[Session, Services, Incident, datetime], Sequence[str]]


class ChecklistItem(Struct, frozen=True):
    """Something that belongs to the end of an incident; `is_done` says None where there is nothing of it to do."""

    place: int
    title: str
    is_done: Callable[[Session, Incident], bool | None]


# Looks once over all incidents and gives back what to say of each: the key of an alarm, and its sentence.
Audit = Callable[[Session, Services, datetime], Callable[[Incident], Mapping[str, str]]]
# Likewise, of what belongs to no incident.
FloorAudit = Callable[[Session, Services, datetime], Mapping[str, str]]
# Stores rows of a source, within the transaction that moves its cursor; the same key is the same rows.
TakeRows = Callable[[Session, Services, str, str, Sequence[Any]], None]
# Stores a file of a source, once for each content; gives back why it cannot be used, or nothing.
TakeFile = Callable[[Services, str, TableFile], str]


TAKEN_BEFORE: Mapping[str, object] = {"rows": 0, "note": "taken before, so nothing was changed"}


class SignedPost(Struct, frozen=True):
    """An address at which another system sends rows, signed with a secret of the settings that both know.

    There is one where the secret is set. `take` keeps the rows within the transaction and says what became of them;
    it raises `NotUnderstood` when the body is not what is described. A repeated request is not taken twice.
    """

    path: str
    secret: Callable[[Settings], SecretStr]
    take: Callable[[Services, Session, bytes, datetime], Mapping[str, object]]


class DroppedFile(Struct, frozen=True):
    """A file that somebody sent in a message: which it is, where, by whom."""

    file_id: str
    name: str
    channel_id: str
    ts: str
    by: str


class TableReader(Struct, frozen=True):
    """Takes dropped tables that hold no figures: says by a file's columns whether it is one of its own, then
    shows it."""

    recognises: Callable[[Path], bool]
    show: Callable[[Services, DroppedFile, Path], None]


class Registry(Struct):
    """Everything that nouns have registered, in the order in which `bot/bootstrap/nouns.py` lists them."""

    listeners: list[RegisterListeners] = field(default_factory=list)
    slack_events: dict[str, list[Recorder]] = field(default_factory=dict)
    commands: dict[str, Subcommand] = field(default_factory=dict)
    # The commands that guests may use, too; each of them checks what a guest may see.
    guest_commands: set[str] = field(default_factory=set)
    help_lines: list[HelpLine] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    # Asked in this order who is meant by a name, for an incident; the first that knows the name answers.
    people: list[Callable[[Services, int, str], Sequence[str] | None]] = field(default_factory=list)
    # Told of a person whose account is deactivated; outside a transaction, and perhaps again.
    departures: list[Callable[[Services, str], None]] = field(default_factory=list)
    # Told that a person is not available from now on (absent, or the account deactivated), within the transaction
    # that says so.
    unavailable: list[Callable[[Session, Services, str, datetime], None]] = field(default_factory=list)
    # The parts of a person's home tab.
    home: list[Callable[[Services, str], list[Block]]] = field(default_factory=list)
    # What a summary of an incident is made of, by place.
    summary_parts: list[SummaryPart] = field(default_factory=list)
    # What should be done before a post-mortem is published, by place.
    checklist: list[ChecklistItem] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    audits_of_floor: list[FloorAudit] = field(default_factory=list)
    # Who uses what other systems know, by the kind of rows (`bot/sources/port.py`).
    takes_rows: dict[str, list[TakeRows]] = field(default_factory=dict)
    takes_files: list[TakeFile] = field(default_factory=list)
    purge_rules: list[PurgeRule] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    # What the noun shows in Slack: the kinds of its rows in the outbox.
    kinds: list[Kind] = field(default_factory=list)
    # What a noun needs of its own, made from the settings; `services.get(Class)` finds it by its class.
    parts: list[Callable[[Settings, Floor], object | None]] = field(default_factory=list)
    # Addresses at which other systems send rows.
    posts: list[SignedPost] = field(default_factory=list)
    # Who takes files that people drop, asked before they are read as figures.
    table_readers: list[TableReader] = field(default_factory=list)
    _handlers: dict[type[Event], list[Handler[Any]]] = field(default_factory=dict)
    _facts: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def on(self, event: type[E], handler: Handler[E]) -> None:
        """Call the handler when the event is published, within the transaction of the change."""
        self._handlers.setdefault(event, []).append(handler)

    def handlers_of(self, event: type[Event]) -> Sequence[Handler[Any]]:
        """The handlers of an event, in the order they are called."""
        return self._handlers.get(event, ())

    def events(self) -> Iterator[tuple[type[Event], Sequence[Handler[Any]]]]:
        """Every event that somebody follows, with its handlers in the order they are called."""
        yield from self._handlers.items()

    def command(self, word: str, subcommand: Subcommand, *, for_guests: bool = False) -> None:
        """`/incident WORD …` calls the function."""
        self.commands[word] = subcommand
        if for_guests:
            self.guest_commands.add(word)

    def help(self, section: Section, place: int, text: str) -> None:
        """A line of `/incident help`."""
        self.help_lines.append(HelpLine(section, place, text))

    def record(self, recorder: Recorder, *event_types: str) -> None:
        """Keep something of these events of Slack's, before Slack is told that they arrived."""
        for event_type in event_types:
            self.slack_events.setdefault(event_type, []).append(recorder)

    def answers(self, fact: Fact[Answer], answer: Answer) -> None:
        """The noun answers this question from now on."""
        self._facts[fact.name] = answer

    def ask(self, fact: Fact[Answer]) -> Answer:
        """The function that answers the question."""
        return cast(Answer, self._facts.get(fact.name, fact.unanswered))
