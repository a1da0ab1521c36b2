"""A handover from one person to another: states, due times of the reminder and escalation, refusals. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import WatchfloorError


class Kind(StrEnum):
    """What is handed over."""

    COMMAND = "command"  # accepted by the other person
    ROLE = "role"  # taken over at once
    SHIFT = "shift"  # one item of a shift; items are accepted one by one


class State(StrEnum):
    """The state of a handover. The outgoing person stays accountable until it is accepted."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class NotCommander(WatchfloorError):
    """Only the commander hands over command: {holder}. If they are gone, use `/incident assign commander @you`."""


class NobodyCommands(WatchfloorError):
    """Nobody has command yet. `/incident claim commander` takes it, `/incident assign commander @ana` gives it."""


class CannotTakeOver(WatchfloorError):
    """{person} can't take over: guests, bots and people who left may not act in incidents. Choose a colleague."""

    es = (
        "{person} no puede tomar el relevo: los invitados, los bots y quienes se han ido no pueden actuar en "
        "incidentes. Elige a otra persona."
    )


class AlreadyCommander(WatchfloorError):
    """You are commander already. Choose the person who takes over."""


class AlreadyOffered(WatchfloorError):
    """{person} has your handover already and has not answered yet. *Take back* in the channel takes it back."""


class HandoverOver(WatchfloorError):
    """This handover was {state} {when}. {next}"""


class NotForYou(WatchfloorError):
    """This handover is for {person}, so only they can answer it."""


class QuestionMissing(WatchfloorError):
    """Please write what you need to know before you take over."""


def next_due(
    offered_at: datetime, reminded_at: datetime | None, reminded_after: timedelta, escalated_after: timedelta
) -> datetime:
    """When an unanswered handover is due: for the reminder, then the escalation, both counted from the offer."""
    return offered_at + (escalated_after if reminded_at else reminded_after)
