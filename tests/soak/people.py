"""A person who acts, and how an answer is read."""

import re
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from slack_sandbox import Person, Sandbox
from slack_sandbox.errors import NothingToClick, NotVisible
from slack_sandbox.message_text import elements_of, visible_text
from slack_sandbox.model import Json, Message
from tests.soak.disturbances import Disturbances
from tests.soak.ledger import Act, Ledger, Outcome, Trace

# An answer in words comes within a moment of the acknowledgement while nothing is broken; on a busy machine that
# moment is as long as the acknowledgement took, or a few times that.
READS_FOR_S = 0.8
READS_LONGER = 4
NEWEST_CHANNELS = 10
NUMBER = re.compile(r"inc-(\d+)-")
CHANNEL_LINK = re.compile(r"<#(\w+)")
NEVER = "(?!)"
# The sandbox's name for a post to the response URL of a click.
ANSWER = "response_url"
UNKNOWN = "I do not know whether"
SUMMARY = re.compile(r"\S+ \*S\d\* ")
OUT_OF_PLACE = (NotVisible, NothingToClick, LookupError, TimeoutError)


@dataclass
class Surroundings:
    """The objects that all people share."""

    sandbox: Sandbox
    ledger: Ledger
    disturbances: Disturbances
    begun_at: float


class Actor:
    """A person with a random generator."""

    def __init__(self, name: str, shared: Surroundings, rng: Random) -> None:
        self.name = name
        self.rng = rng
        self.shared = shared
        self.me: Person = shared.sandbox.person(name)

    @property
    def id(self) -> str:
        """The person's user id."""
        return self.me.id

    def token(self) -> str:
        """Return text that nobody else ever writes."""
        return f"tok{self.rng.getrandbits(48):012x}"

    def an_incident(self) -> str:
        """Return the channel of one of the newest incidents; raise `LookupError` when there is none."""
        return self._one_of(self._incidents()[-NEWEST_CHANNELS:])

    def an_old_incident(self, finished: Collection[str]) -> str:
        """Return the channel of an unfinished incident that is not among the newest, or raise `LookupError`."""
        return self._one_of([name for name in self._incidents()[:-NEWEST_CHANNELS] if name not in finished])

    def _incidents(self) -> list[str]:
        """Return the channels of incidents, the oldest first."""
        names = [channel.name for channel in self.me.channels() if not channel.is_archived]
        return sorted((name for name in names if NUMBER.match(name)), key=number_of)

    def _one_of(self, names: Sequence[str]) -> str:
        if not names:
            raise LookupError("there is no such incident now")
        name = self.rng.choice(names)
        self.me.joins(name)
        return name

    def types(
        self,
        command: str,
        channel: str,
        done: str,
        trace: Trace | None = None,
        perhaps: Sequence[Trace] = (),
    ) -> Outcome:
        """Type a command; an answer that begins with `done` means that it is done and left its traces.

        It leaves `trace` for certain, and those of `perhaps` perhaps.
        """
        answer = self.me.types(command, channel=channel)
        assert not isinstance(answer, Message), "a command is no message"
        if answer.timed_out or not answer.ok or UNKNOWN in answer.text:
            outcome = Outcome.UNSURE
        elif re.match(done, answer.text):
            outcome = Outcome.DONE
        else:
            outcome = Outcome.REFUSED
        return self.noted(command, channel, outcome, answer.text, trace, perhaps)

    def clicks(
        self,
        action: str,
        channel: str,
        trace: Trace | None = None,
        *,
        value: str | None = None,
        done: str = NEVER,
        is_silent: bool = False,
        perhaps: Sequence[Trace] = (),
    ) -> Outcome:
        """Click; an answer that begins with `done` means that it is done.

        After a silent click, silence means the same, unless a trouble could have kept an answer away.
        """
        began, before = time.monotonic(), self._heard(channel)
        calls_before = len(self.shared.sandbox.calls)
        click = self.me.clicks(action, channel=channel, value=value)
        reads_for_s = READS_FOR_S + READS_LONGER * (time.monotonic() - began)
        answer = self._answer_after(before, channel, reads_for_s) if click.acked else ""
        if re.match(done, answer):
            outcome = Outcome.DONE
        elif (
            not click.acked
            or not self.shared.disturbances.were_none_since(began)
            or self._is_answer_lost_since(calls_before)
        ):
            outcome = Outcome.UNSURE
        elif answer:
            outcome = Outcome.REFUSED
        else:
            outcome = Outcome.DONE if is_silent else Outcome.UNSURE
        return self.noted(f"[{action}]", channel, outcome, answer, trace, perhaps)

    def submits(self, what: str, channel: str, trace: Trace | None) -> Outcome:
        """Submit the open form; a form that closes means that it is done."""
        submission = self.me.submits()
        if submission.closed:
            outcome = Outcome.DONE
        elif submission.timed_out:
            outcome = Outcome.UNSURE
        else:
            outcome = Outcome.REFUSED
        errors = " ".join(submission.errors.values())
        self.closes_forms()
        return self.noted(f"({what})", channel, outcome, errors, trace)

    def opens_form(self, action: str, channel: str, value: str | None = None) -> bool:
        """Click on a button that opens a form; return False if none opened."""
        self.closes_forms()
        self.me.clicks(action, channel=channel, value=value)
        return self.me.modal is not None

    def a_button(self, action: str, channel: str) -> tuple[str, int]:
        """Return the value of the newest such button in the channel, and the number of its incident.

        The list of one's own steps has buttons of every incident.
        """
        for message in reversed(self.me.sees(channel)):
            for block, element in elements_of(message.blocks):
                if element["action_id"] == action:
                    return element["value"], self._number_named_in(block) or number_of(channel)
        raise LookupError(f"nobody sees {action} in {channel}")

    def _number_named_in(self, block: Json) -> int | None:
        """Return the incident whose channel the block links to."""
        link = CHANNEL_LINK.search(visible_text("", [block]))
        channels = [channel for channel in self.me.channels() if link and channel.id == link[1]]
        return number_of(channels[0].name) if channels else None

    def closes_forms(self) -> None:
        """Close every open form."""
        while self.me.modal is not None:
            self.me.closes()

    def says(self, words: str, channel: str) -> Message:
        """Write a message in a channel."""
        message = self.me.types(words, channel=channel)
        assert isinstance(message, Message)
        return message

    def noted(
        self,
        what: str,
        channel: str,
        outcome: Outcome,
        answer: str = "",
        trace: Trace | None = None,
        perhaps: Sequence[Trace] = (),
    ) -> Outcome:
        """Record the act."""
        at_s, words = time.monotonic() - self.shared.begun_at, " ".join(answer.split())
        self.shared.ledger.add(Act(at_s, self.name, what, channel, outcome, words, trace, tuple(perhaps)))
        return outcome

    def _heard(self, channel: str) -> set[str]:
        """Return the times of all ephemeral messages to this person in a channel."""
        return {message.ts for message in self._whispers(channel)}

    def _whispers(self, channel: str) -> list[Message]:
        messages = self.me.direct_messages() if channel == "dm" else self.me.sees(channel)
        return [message for message in messages if message.ephemeral]

    def _is_answer_lost_since(self, calls: int) -> bool:
        """True if a fault of Slack's hit an answer to anyone; it may have been the one to this click."""
        return any(call.fault for call in self.shared.sandbox.calls[calls:] if call.method == ANSWER)

    def _answer_after(self, before: set[str], channel: str, within_s: float) -> str:
        def new() -> list[Message]:
            return [
                message
                for message in self._whispers(channel)
                if message.ts not in before and not _is_summary(message)
            ]

        with suppress(TimeoutError):
            return str(self.shared.sandbox.wait_for(new, within_s)[-1].visible_text)
        return ""


def _is_summary(message: Message) -> bool:
    """True if it is the summary for a person who joins, and no answer to what they did."""
    return bool(SUMMARY.match(message.visible_text))


def number_of(channel: str) -> int:
    """Return the number of the incident that a channel belongs to."""
    match = NUMBER.match(channel)
    assert match, channel
    return int(match[1])
