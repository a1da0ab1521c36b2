"""What can happen to an incident. Nouns follow these events within the transaction of the change, in the order in
which `bot/bootstrap/nouns.py` lists the nouns; events of one noun that another follows live here, too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN
from bot.slack.blocks import Block


@dataclass(frozen=True)
class Event:
    """Something that happened to an incident."""


@dataclass(frozen=True)
class Declared(Event):
    """The incident is on record; its channel is yet to be created."""


@dataclass(frozen=True)
class ChannelOpened(Event):
    """The incident has its channel."""


@dataclass(frozen=True)
class DeclaredAfterwards(Event):
    """The incident is on record when it is over: nobody is called and nothing is promised."""


@dataclass(frozen=True)
class Withdrawn(Event):
    """The incident could not be given a channel, so it was never opened."""


@dataclass(frozen=True)
class SeverityChanged(Event):
    """The severity was changed by a person."""

    old: str
    new: str


@dataclass(frozen=True)
class Renamed(Event):
    """The incident has another title."""

    old: str
    new: str


@dataclass(frozen=True)
class ScopeChanged(Event):
    """Other sites or partners are affected than was thought, or it is about something else."""

    old: Scope
    new: Scope


@dataclass(frozen=True)
class StatusChanged(Event):
    """The status was set to one of the open ones."""

    old: str
    new: str

    @property
    def is_open_again(self) -> bool:
        """Was the incident resolved before?"""
        return self.old not in OPEN


@dataclass(frozen=True)
class Resolved(Event):
    """The impact is over. `key` is that of the click or the command."""

    key: str


@dataclass(frozen=True)
class Closed(Event):
    """Everything is cleaned up."""


@dataclass(frozen=True)
class Declined(Event):
    """It was a false alarm. `key` is that of the click or the command."""

    key: str
    reason: str


@dataclass(frozen=True)
class Merged(Event):
    """The incident is one with another, in which it goes on."""

    into: int
    title: str
    was_open: bool


@dataclass(frozen=True)
class MadePrivate(Event):
    """Only who takes part sees it from now on; its private channel is yet to be created."""


@dataclass(frozen=True)
class Reopened(Event):
    """The incident is not over after all."""


@dataclass(frozen=True)
class SituationChanged(Event):
    """Somebody recorded what is affected, the cause, what is being done or what is needed: these fields."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class BridgeChanged(Event):
    """People talk somewhere else."""


@dataclass(frozen=True)
class RoleChanged(Event):
    """A role was taken, given, handed over or left; `holder` is None when somebody left it."""

    role: str
    holder: str | None


@dataclass(frozen=True)
class CommandHandedOver(Event):
    """Somebody accepted the command of another: what was that person's own to do goes along."""

    old: str
    new: str


@dataclass(frozen=True)
class HandoverUnaccepted(Event):
    """Nobody accepted a handover in time, not even after a reminder; `key` is that of the handover."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class AnswerOverdue(Event):
    """Nobody answered in time what the incident waits for; `asked` were asked already."""

    key: str
    reason: str
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrontDoorSet(Event):
    """A playbook step switched what callers hear on or off; `heard_at` is when somebody dialled in."""

    state: str
    heard_at: datetime | None = None


@dataclass(frozen=True)
class CadenceRequested(Event):
    """Updates are to follow this cadence from now on, for every audience that is updated by the clock."""

    cadence: timedelta


@dataclass(frozen=True)
class UpdateRequested(Event):
    """A message for one audience is to go out at once, beside what is promised to it."""

    audience: str
    text: str
    key: str


@dataclass(frozen=True)
class UpdateMissed(Event):
    """Updates were not sent in time; `has_lead` says whether there was anybody to tell."""

    has_lead: bool


# The text of an update in a language, for one reader or (without one) for the whole audience; and its blocks.
RenderUpdate = Callable[[str, str], tuple[str, list[Block]]]
# The blocks of an update, by its promise and the text that was sent, with the footer as it should read now, in
# these languages, for readers outside the company or inside.
RenderAmended = Callable[[int, str, Sequence[str], bool], list[Block]]


@dataclass(frozen=True)
class UpdateDue(Event):
    """An update is about to be composed for its audience; others can have it in a language of their own."""

    promise_id: int
    audience: str
    render: RenderUpdate
    # By the clock, or because something changed: nobody wrote anything for it.
    is_automatic: bool = True


@dataclass(frozen=True)
class UpdateComposed(Event):
    """The text of an update is final, and it is on its way to its channels."""

    promise_id: int
    audience: str
    text: str
    blocks: list[Block]
    # Who was shown its draft, and needs no copy.
    seen_by: frozenset[str] = frozenset()
    # Set when nothing has changed since the last one: that one (its promise, its text) with a line below it.
    below_earlier: Callable[[int, str], list[Block]] | None = None


@dataclass(frozen=True)
class UpdateAmended(Event):
    """The last update to an audience does not say any more when the next one comes."""

    promise_id: int
    audience: str
    render: RenderAmended
