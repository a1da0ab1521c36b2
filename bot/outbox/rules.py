"""When to look for a message whose attempt has an unknown outcome, when to try again, and what a refusal means."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.slack.refusals import PERSON_GONE_ERRORS, Meaning, errors_meaning

# How long after an attempt with an unknown outcome Slack is asked whether it was carried out. The client itself
# gives up after ten seconds; a request that was cut off has arrived by the second look, or never will.
LOOK_AFTER = (timedelta(seconds=15), timedelta(seconds=30))
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=15)
# For when Slack does not answer at all: this often passes quickly, and people wait for the rows it delays.
SILENCE_LONGEST = timedelta(minutes=1)
MOST_DOUBLINGS = 10
# Reached after about twenty minutes of refusals, or five minutes without an answer; then there is an alarm.
MANY_FAILURES = 8


class Step(StrEnum):
    """What may be done with a row now."""

    CALL = "call"
    LOOK = "look"
    WAIT = "wait"


class Refusal(StrEnum):
    """What a refusal by Slack means for a row."""

    LOST_CHANNEL = "the incident's channel is gone"
    LOST_MESSAGE = "the message was deleted by a person"
    FINAL = "Slack will never take it"
    RETRY = "it may be taken later"
    OWN = "the kind knows"


COMMON: Mapping[str, Refusal] = dict.fromkeys(
    errors_meaning(Meaning.LOST_CHANNEL), Refusal.LOST_CHANNEL
) | dict.fromkeys(errors_meaning(Meaning.LOST_MESSAGE), Refusal.LOST_MESSAGE)
# Errors that say nothing about the row itself.
PASSING = errors_meaning(Meaning.LATER) | errors_meaning(Meaning.UNAUTHORIZED)


def meaning(error: str, own_meanings: Mapping[str, Refusal], otherwise: Refusal, *, is_posted: bool) -> Refusal:
    """What an error means, according to the kind's own table, then the common one."""
    default = Refusal.RETRY if error in PASSING else otherwise
    meaning = own_meanings.get(error) or COMMON.get(error) or default
    if meaning is Refusal.LOST_MESSAGE and not is_posted:
        return otherwise
    return meaning


def is_for_person_gone(channel_id: str, error: str) -> bool:
    """True if Slack refused a person, or the conversation with them, because they are gone."""
    is_gone = error in PERSON_GONE_ERRORS or COMMON.get(error) is Refusal.LOST_CHANNEL
    return channel_id.startswith(("U", "W", "D")) and is_gone


def next_step(attempted_at: datetime | None, leased_at: datetime, looked: int) -> Step:
    """What may be done now with something that must not be done twice.

    The lease itself records an attempt: one with the same time is the current attempt.
    """
    if attempted_at is None or attempted_at == leased_at:
        return Step.CALL
    return Step.LOOK if leased_at >= look_at(attempted_at, looked) else Step.WAIT


def look_at(attempted_at: datetime, looked: int) -> datetime:
    """When Slack may next be asked whether the attempt was carried out."""
    return attempted_at + LOOK_AFTER[min(looked, len(LOOK_AFTER) - 1)]


def is_absent(looked: int) -> bool:
    """True after enough looks to know that the attempt was never carried out."""
    return looked >= len(LOOK_AFTER)


def backoff(failures: int, longest: timedelta = RETRY_LONGEST) -> timedelta:
    """How long to wait after a failure that follows this many earlier failures."""
    wait: timedelta = RETRY_FIRST * 2 ** min(failures, MOST_DOUBLINGS)
    return min(longest, wait)
