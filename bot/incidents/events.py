"""Events of an incident. Nouns handle them within the transaction of the change, in the order in which
`bot/bootstrap/nouns.py` lists the nouns. Events that one noun publishes for another live here, too."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.incidents.recognition import Scope
from bot.slack.blocks import Block, Message


class Event(Struct, frozen=True):
    """Something that happened to an incident."""


class Declared(Event, frozen=True):
    """The incident is on record; its channel is yet to be created."""


class ChannelOpened(Event, frozen=True):
    """The incident has its channel."""


class DeclaredAfterwards(Event, frozen=True):
    """The incident is recorded after it was over: nobody is paged and nothing is promised."""


class Withdrawn(Event, frozen=True):
    """The incident could not be given a channel, so it was never opened."""


class SeverityChanged(Event, frozen=True):
    """The severity was changed."""

    old: str
    new: str


class Renamed(Event, frozen=True):
    """The incident has a new title."""

    old: str
    new: str


class ScopeChanged(Event, frozen=True):
    """The affected sites or partners, or the type, were corrected."""

    old: Scope
    new: Scope


class StatusChanged(Event, frozen=True):
    """The status was set from one of the open ones to another."""

    old: str
    new: str


class Resolved(Event, frozen=True):
    """The impact is over. `key` is that of the click or the command."""

    key: str


class Closed(Event, frozen=True):
    """The incident is closed."""


class Declined(Event, frozen=True):
    """It was a false alarm. `key` is that of the click or the command."""

    key: str
    reason: str


class Merged(Event, frozen=True):
    """The incident was merged into another, where work continues."""

    into: int
    title: str
    was_open: bool


class MilestoneSet(Event, frozen=True):
    """When a milestone was reached, such as the start, was recorded or corrected."""

    name: str


class MadePrivate(Event, frozen=True):
    """Only participants see the incident from now on; its private channel is yet to be created."""


class MembersChanged(Event, frozen=True):
    """People joined or left the channel of a private incident: only they may read of it."""

    left: tuple[str, ...] = ()


class Reopened(Event, frozen=True):
    """The incident is not over after all; `was_merged`: it was merged while it was open, so it never was over."""

    was_merged: bool = False


class SituationChanged(Event, frozen=True):
    """These fields of the situation were recorded: the impact, the cause, the actions or the needs."""

    fields: tuple[str, ...]


class BridgeChanged(Event, frozen=True):
    """The bridge was changed or removed."""


class RoleChanged(Event, frozen=True):
    """A role was taken, given, handed over or left; `holder` is None if it was left."""

    role: str
    holder: str | None


class CommandHandedOver(Event, frozen=True):
    """Command was handed over and accepted; the previous commander's own tasks go along."""

    old: str
    new: str


class HandoverUnaccepted(Event, frozen=True):
    """A handover was not accepted in time, not even after a reminder; `key` is that of the handover."""

    key: str
    old: str
    new: str


class AnswerOverdue(Event, frozen=True):
    """An answer that the incident waits for did not come in time; the people in `asked` have been asked already."""

    key: str
    reason: str
    asked: tuple[str, ...] = ()


class FrontDoorSet(Event, frozen=True):
    """A playbook step switched the caller message on or off; `heard_at` is when a person dialled in to check."""

    state: str
    heard_at: datetime | None = None


class CadenceRequested(Event, frozen=True):
    """From now on, updates follow this cadence for every audience that is updated by the clock."""

    cadence: timedelta


class UpdateRequested(Event, frozen=True):
    """A message to one audience is to go out at once, in addition to what it is promised."""

    audience: str
    text: str
    key: str


class UpdateMissed(Event, frozen=True):
    """Updates were not sent in time to these audiences, named by title; `has_lead` says whether the incident has a
    lead to tell."""

    has_lead: bool
    audiences: tuple[str, ...]


# The text and blocks of an update in a language, for one reader or (without one) for the whole audience.
RenderUpdate = Callable[[str, str], Message]
# The blocks of an update, by its promise and the text that was sent, with the footer as it should read now, in
# these languages, for readers outside or inside the company.
RenderAmended = Callable[[int, str, Sequence[str], bool], list[Block]]


class UpdateDue(Event, frozen=True):
    """An update is about to be composed for its audience; other readers can get it in their own language."""

    promise_id: int
    audience: str
    render: RenderUpdate
    # Triggered by the clock or a change: no person wrote any of it.
    is_automatic: bool = True


class UpdateComposed(Event, frozen=True):
    """The text of an update is final, and it is on its way to its channels."""

    promise_id: int
    audience: str
    text: str
    # The update in other languages.
    render: Callable[[tuple[str, ...]], Message]
    # People who were shown its draft and need no copy.
    seen_by: frozenset[str] = frozenset()
    # Set if nothing has changed since the last update: renders that one, by its promise and text, with a line below
    # it in these languages.
    below_earlier: Callable[[int, str, tuple[str, ...]], list[Block]] | None = None


class UpdateAmended(Event, frozen=True):
    """The last update to an audience no longer gives the right time for the next one."""

    promise_id: int
    audience: str
    render: RenderAmended
