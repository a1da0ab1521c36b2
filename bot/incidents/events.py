"""What can happen to an incident. Nouns follow these events within the transaction of the change, in the order in
which `bot/bootstrap/nouns.py` lists the nouns; events of one noun that another follows live here, too."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.incidents.recognition import Scope
from bot.incidents.rules import OPEN
from bot.slack.blocks import Block


class Event(Struct, frozen=True):
    """Something that happened to an incident."""


class Declared(Event, frozen=True):
    """The incident is on record; its channel is yet to be created."""


class ChannelOpened(Event, frozen=True):
    """The incident has its channel."""


class DeclaredAfterwards(Event, frozen=True):
    """The incident is on record when it is over: nobody is called and nothing is promised."""


class Withdrawn(Event, frozen=True):
    """The incident could not be given a channel, so it was never opened."""


class SeverityChanged(Event, frozen=True):
    """The severity was changed by a person."""

    old: str
    new: str


class Renamed(Event, frozen=True):
    """The incident has another title."""

    old: str
    new: str


class ScopeChanged(Event, frozen=True):
    """Other sites or partners are affected than was thought, or it is about something else."""

    old: Scope
    new: Scope


class StatusChanged(Event, frozen=True):
    """The status was set to one of the open ones."""

    old: str
    new: str

    @property
    def is_open_again(self) -> bool:
        """Was the incident resolved before?"""
        return self.old not in OPEN


class Resolved(Event, frozen=True):
    """The impact is over. `key` is that of the click or the command."""

    key: str


class Closed(Event, frozen=True):
    """Everything is cleaned up."""


class Declined(Event, frozen=True):
    """It was a false alarm. `key` is that of the click or the command."""

    key: str
    reason: str


class Merged(Event, frozen=True):
    """The incident is one with another, in which it goes on."""

    into: int
    title: str
    was_open: bool


class MadePrivate(Event, frozen=True):
    """Only who takes part sees it from now on; its private channel is yet to be created."""


class Reopened(Event, frozen=True):
    """The incident is not over after all."""


class SituationChanged(Event, frozen=True):
    """Somebody recorded what is affected, the cause, what is being done or what is needed: these fields."""

    fields: tuple[str, ...]


class BridgeChanged(Event, frozen=True):
    """People talk somewhere else."""


class RoleChanged(Event, frozen=True):
    """A role was taken, given, handed over or left; `holder` is None when somebody left it."""

    role: str
    holder: str | None


class CommandHandedOver(Event, frozen=True):
    """Somebody accepted the command of another: what was that person's own to do goes along."""

    old: str
    new: str


class HandoverUnaccepted(Event, frozen=True):
    """Nobody accepted a handover in time, not even after a reminder; `key` is that of the handover."""

    key: str
    old: str
    new: str


class AnswerOverdue(Event, frozen=True):
    """Nobody answered in time what the incident waits for; `asked` were asked already."""

    key: str
    reason: str
    asked: tuple[str, ...] = ()


class FrontDoorSet(Event, frozen=True):
    """A playbook step switched what callers hear on or off; `heard_at` is when somebody dialled in."""

    state: str
    heard_at: datetime | None = None


class CadenceRequested(Event, frozen=True):
    """Updates are to follow this cadence from now on, for every audience that is updated by the clock."""

    cadence: timedelta


class UpdateRequested(Event, frozen=True):
    """A message for one audience is to go out at once, beside what is promised to it."""

    audience: str
    text: str
    key: str


class UpdateMissed(Event, frozen=True):
    """Updates were not sent in time; `has_lead` says whether there was anybody to tell."""

    has_lead: bool


# The text of an update in a language, for one reader or (without one) for the whole audience; and its blocks.
RenderUpdate = Callable[[str, str], tuple[str, list[Block]]]
# The blocks of an update, by its promise and the text that was sent, with the footer as it should read now, in
# these languages, for readers outside the company or inside.
RenderAmended = Callable[[int, str, Sequence[str], bool], list[Block]]


class UpdateDue(Event, frozen=True):
    """An update is about to be composed for its audience; others can have it in a language of their own."""

    promise_id: int
    audience: str
    render: RenderUpdate
    # By the clock, or because something changed: nobody wrote anything for it.
    is_automatic: bool = True


class UpdateComposed(Event, frozen=True):
    """The text of an update is final, and it is on its way to its channels."""

    promise_id: int
    audience: str
    text: str
    blocks: list[Block]
    # Who was shown its draft, and needs no copy.
    seen_by: frozenset[str] = frozenset()
    # Set when nothing has changed since the last one: that one (its promise, its text) with a line below it.
    below_earlier: Callable[[int, str], list[Block]] | None = None


class UpdateAmended(Event, frozen=True):
    """The last update to an audience does not say any more when the next one comes."""

    promise_id: int
    audience: str
    render: RenderAmended
