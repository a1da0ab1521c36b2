"""Sentences about promised updates: how one was kept, why one was late. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.slack.text import escape, format_duration, near_time, one_line
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import DROPPED, MOVED, PAUSED, REFUSED, SENDING, SENT, Choice, Promise

NameOf = Callable[[str | None], str]
REASON = 200


def describe_cadence(cadence: timedelta) -> str:
    """A cadence as people say it: `1 h`, `90 min` as `1 h 30 min`."""
    return format_duration(cadence).removesuffix(" 00 min")


def missed_line(title: str, promise: Promise, now: datetime) -> str:
    """One promise that was not kept in time, and why."""
    return f"• *{title}*, due {near_time(promise.due_at, now)}: {escape(promise.late_because)}."


def missed_text(number: int, where: str, lines: Sequence[str]) -> str:
    """What is told of the promises of an incident that were not kept; no word of the incident itself."""
    subject = "An update" if len(lines) == 1 else f"{len(lines)} updates"
    return "\n".join([f"⏰ {subject} of incident {number} did not go out in time ({where}):", *lines])


def outcome(promise: Promise, now: datetime, name_of: NameOf) -> str:
    """What became of a promise, or what will."""
    if promise.state == SENT and promise.sent_at:
        return f"sent {near_time(promise.sent_at, now)}{_decided_by(promise, name_of)}{lateness(promise)}"
    if promise.state == MOVED and promise.next_due_at:
        put_off = f"put off by {name_of(promise.chosen_by)} to {near_time(promise.next_due_at, now)}"
        return f"{put_off}: {one_line(promise.moved_why, REASON)}"
    settled = {
        SENDING: "on its way",
        REFUSED: "Slack refused it",
        PAUSED: "held back: updates are paused",
        DROPPED: "not sent: another update took its place, or nothing more is due",
    }
    return settled.get(promise.state) or _plan(promise, now, name_of)


def _plan(promise: Promise, now: datetime, name_of: NameOf) -> str:
    due = near_time(promise.due_at, now)
    if promise.needs_approval:
        return f"due {due}, waits for approval"
    planned = {
        Choice.EDITED: f"sends {due} as {name_of(promise.chosen_by)} wrote it",
        Choice.NOTHING: f"sends {due}: nothing new, says {name_of(promise.chosen_by)}",
        Choice.NOW: "sends now",
    }
    return planned.get(Choice(promise.choice)) or f"sends automatically {due}"


def _decided_by(promise: Promise, name_of: NameOf) -> str:
    if promise.requested_by:
        return f" by {name_of(promise.requested_by)}"
    if promise.choice and promise.chosen_by:
        verbs = {Choice.NOTHING: "nothing new, said", Choice.EDITED: "as written by", Choice.NOW: "by"}
        return f" {verbs[Choice(promise.choice)]} {name_of(promise.chosen_by)}"
    return f", approved by {name_of(promise.approved_by)}" if promise.approved_by else " automatically"


def lateness(promise: Promise) -> str:
    """How late it was, when it was."""
    if promise.sent_at is None or promise.sent_at - promise.due_at <= LATE_AFTER:
        return ""
    why = f": {escape(promise.late_because)}" if promise.late_because else ""
    return f", {format_duration(promise.sent_at - promise.due_at)} late{why}"
