"""What callers hear: variants, what a message must say, when to ask about it; and routing faults. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.errors import WatchfloorError

NORMAL = "normal"
LONGEST_TEXT = 1_000
LONGEST_LINES = 300
MOST_LINES = 20
LONGEST_FAULT_TEXT = 1_000


class Variant(StrEnum):
    """What happens to a call after the message; the values are those of a playbook's `front_door`."""

    INFORM = "inform"
    DEFLECT = "inform and deflect"
    DISCONNECT = "inform and disconnect"


TITLES = {
    Variant.INFORM: "Inform, then queue",
    Variant.DEFLECT: "Inform and deflect",
    Variant.DISCONNECT: "Inform and disconnect",
}
GUIDANCE = {
    Variant.INFORM: "Callers hear it and wait as usual",
    Variant.DEFLECT: "Callers are offered chat, web or a callback",
    Variant.DISCONNECT: "The call ends after the message",
}


class TextMissing(WatchfloorError):
    """Type what callers hear, in at least one language."""


class LinesMissing(WatchfloorError):
    """Name the lines it is on, such as `Billing, 0800 100 200`."""


class TooManyLines(WatchfloorError):
    """That is {count} lines, and a message takes at most {most}. Name groups of lines instead."""


class InFuture(WatchfloorError):
    """The message cannot have been switched on in the future. Record it once it is on."""


class LookInPast(WatchfloorError):
    """Choose a time in the future. Somebody is then asked whether the message is still needed."""


class MessageOff(WatchfloorError):
    """This caller message was switched off {when}. `/incident frontdoor` records a new one."""


class MessageOn(WatchfloorError):
    """This caller message is on. Switch it off first, then dial in and hear that it is gone."""


class MessagesOn(WatchfloorError):
    """Before you {act}, switch off what callers hear: {messages}. `/incident frontdoor` shows it. To go on
    anyway, press {button} on the control panel (`/incident`) and give a reason."""


class Wording(Struct, frozen=True):
    """What callers hear, as one version of a message says it. `texts` are by language."""

    variant: str
    lines: tuple[str, ...] = ()
    texts: Mapping[str, str] | None = None
    approved_by: str = ""

    def text(self, *languages: str) -> str:
        """The text in the first of these languages that has one; empty if none has."""
        texts = self.texts or {}
        return next((texts[language] for language in languages if texts.get(language)), "")


def read_lines(typed_lines: str) -> tuple[str, ...]:
    """Parse lines as typed: separated by commas, semicolons or line ends, each kept once."""
    parts = typed_lines.replace(";", ",").replace("\n", ",").split(",")
    lines = tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
    if not lines:
        raise LinesMissing()
    if len(lines) > MOST_LINES:
        raise TooManyLines(count=len(lines), most=MOST_LINES)
    return lines


def check_wording(wording: Wording) -> None:
    """Check that a message has a text and at least one line."""
    if not any((wording.texts or {}).values()):
        raise TextMissing()
    if not wording.lines:
        raise LinesMissing()


def check_times(on_at: datetime, look_at: datetime, now: datetime, tolerance: timedelta) -> None:
    """Check that it is on since a past time and is looked at again at a future time."""
    if on_at > now + tolerance:
        raise InFuture()
    if look_at <= now:
        raise LookInPast()


def minutes_on(on_at: datetime, off_at: datetime | None, now: datetime) -> int:
    """Whole minutes for which callers heard it; up to now while it is on."""
    return max(0, int(((off_at or now) - on_at).total_seconds()) // 60)


def next_due(
    reminded_at: datetime | None, now: datetime, escalated_after: timedelta, repeat_after: timedelta
) -> datetime:
    """When the next step is due: after the reminder others are told, and after that it starts again."""
    return now + (repeat_after if reminded_at else escalated_after)


def languages_of(floor_language: str, *other_languages: Sequence[str]) -> tuple[str, ...]:
    """The languages in which a message may be needed, the floor's own first; at most four, for the form."""
    return tuple(
        dict.fromkeys([floor_language, *(language for languages in other_languages for language in languages)])
    )[:4]


class FaultState(StrEnum):
    """The state of a routing fault."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


# How a fault that is not open is described to the person who presses a button on its card.
PAST_STATES = {
    FaultState.ANSWERED: "answered",
    FaultState.WITHDRAWN: "taken back",
    FaultState.ENDED: "ended with its incident",
}


class WrongMissing(WatchfloorError):
    """Describe what is wrong, such as `Billing calls in Spanish reach the English queue`."""


class DueInPast(WatchfloorError):
    """Choose a time in the future for the answer."""


class SinceInFuture(WatchfloorError):
    """The fault cannot have begun in the future."""


class ReplyMissing(WatchfloorError):
    """Type what was found or done."""


class NotOpen(WatchfloorError):
    """This was {state} {when}. `/incident routing` asks again."""


def check_fault(wrong: str, since: datetime, answer_by: datetime, now: datetime, tolerance: timedelta) -> None:
    """Check that a fault says what is wrong and since when, and leaves time to answer."""
    if not wrong.strip():
        raise WrongMissing()
    if since > now + tolerance:
        raise SinceInFuture()
    if answer_by <= now:
        raise DueInPast()
