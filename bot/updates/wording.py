"""Sentences about promised updates, such as how one was kept or why it was late. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.incidents.facts import UpdatesKept
from bot.incidents.rules import REASON_SHOWN
from bot.slack.text import escape, format_duration, near_time, one_line
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import DROPPED, MOVED, PAUSED, REFUSED, SENDING, SENT, Choice, Promise

NameOf = Callable[[str | None], str]


HELP_UPDATE = "`/incident update` a form to tell audiences · `/incident update what to say` tells all of them now"
HELP_PACE = (
    "`/incident updates` what is promised and how it was kept · `/incident cadence 20 min` or `cadence executives "
    "1 h`"
)
HELP_PAUSE = "`/incident pause reason` stops scheduled updates until `/incident resume`"
HELP_AUDIENCES = "`/incident updates add executives` lets an audience read of a private incident"
# Sending.
ON_ITS_WAY = "The update is on its way."
GOES_OUT_NOW_AS_WRITTEN = "It goes out now as you wrote it."
TEXT_WAITS = "Your text waits for approval."
# Pace.
NO_SCHEDULED_AUDIENCE = "No audience has scheduled updates at this severity. Name an audience to begin."
UPDATES_PAUSED = "Updates are paused; the last one of each audience says so. `/incident resume` starts them again."
UPDATES_RESUMED = "Updates continue; `/incident updates` shows when the next ones come."
# When audiences hear of a change.
TOLD_AFTER_PAUSE = "Updates are paused, so audiences will hear of it after `/incident resume`."
NO_AUDIENCE_TOLD = "No audience is promised an update; `/incident update` tells them."
# Reasons why an update is not sent.
REPLACED = "another update took its place"
OVER = "the incident is over"
NOT_DUE = "nothing is scheduled for this audience at this severity"
NOT_PRIVATE = "this audience does not read of a private incident"
NOT_IN_FLOOR_FILE = "its audience is not in `floor.yaml` any more"
# Reasons why an update is late.
NOT_APPROVED = "nobody has approved it"
NOT_RUNNING = "Watchfloor was not running at that minute"
# The same reason once the update was approved after all.
APPROVED_LATE = "it waited for approval"
SLACK_SLOW = "Slack was slow to take it"
# Reason for a late update: every channel refused it.
SLACK_REFUSED: Final = "Slack refused it ({errors})"
# Below the report of such an update.
REFUSED_HINT: Final = (
    "Tell those readers yourself. `watchfloor doctor` says what is wrong with their channel: is it still there, "
    "and is Watchfloor in it?"
)
# Reason for a late update: sending is being retried.
SLACK_NOT_TAKEN: Final = "Slack has not taken it ({error})"
NO_AUDIENCE_INFORMED: Final = "No audience is told of a {severity} before it closes, so nothing was sent."
WAITS_FOR_APPROVAL: Final = "{answer} For {titles} it waits for approval; the approvers have the draft."
GOES_OUT_AS_WRITTEN: Final = "It goes out at {due} as you wrote it."
POSTPONED: Final = "The update for {title} now comes {due}; the last one says so."
# A note about the parts of a text that outside audiences do not get.
LEFT_OUT_NOTE: Final = " Left out or without names for {titles}: {sentences}"
ALREADY_INFORMED: Final = "Its updates go to {title} already."
AUDIENCE_NOT_ADDED: Final = "{title} had not been added to it, so nothing was changed."
AUDIENCE_REMOVED: Final = "{title} will get no more updates of it."


def describe_cadence(cadence: timedelta) -> str:
    """A cadence as text: `1 h`; 90 minutes as `1 h 30 min`."""
    return format_duration(cadence).removesuffix(" 00 min")


def missed_text(number: int, channel: str, missed: Sequence[tuple[str, Promise]], now: datetime) -> str:
    """The report of an incident's missed promises, with nothing about the incident itself.

    `missed` holds each promise with its audience's title; those with the same reason and time share a line. The one
    reason of several lines is said once, above them.
    """
    subject = "An update" if len(missed) == 1 else f"{len(missed)} updates"
    titles_by_cause = defaultdict[tuple[str, str], list[str]](list)
    for title, promise in sorted(missed, key=lambda row: row[1].due_at):
        titles_by_cause[promise.late_because, near_time(promise.due_at, now)].append(f"*{escape(title)}*")
    reasons = {reason for reason, _ in titles_by_cause}
    shared_reason = f" {escape(reasons.pop())}." if len(reasons) == 1 and len(titles_by_cause) > 1 else ""
    lines = [
        f"• {', '.join(titles)}, due {due}" + ("" if shared_reason else f": {escape(reason)}.")
        for (reason, due), titles in titles_by_cause.items()
    ]
    hints = [REFUSED_HINT] if any(promise.state == REFUSED for _, promise in missed) else []
    return "\n".join(
        [f"⏰ {subject} of incident {number} did not go out in time ({channel}):{shared_reason}", *lines, *hints]
    )


def outcome(promise: Promise, now: datetime, name_of: NameOf) -> str:
    """The outcome of a promise, or the plan for it."""
    if promise.state == SENT and promise.sent_at:
        return f"sent {near_time(promise.sent_at, now)}{_decided_by(promise, name_of)}{lateness(promise)}"
    if promise.state == MOVED and promise.next_due_at:
        postponed_text = f"put off by {name_of(promise.chosen_by)} to {near_time(promise.next_due_at, now)}"
        return f"{postponed_text}: {one_line(promise.moved_why, REASON_SHOWN)}"
    text_by_state = {
        SENDING: "on its way",
        REFUSED: "Slack refused it",
        PAUSED: "held back: updates are paused",
        DROPPED: f"not sent: {promise.moved_why or REPLACED}",
    }
    return text_by_state.get(promise.state) or _plan(promise, now, name_of)


def _plan(promise: Promise, now: datetime, name_of: NameOf) -> str:
    due = near_time(promise.due_at, now)
    if promise.needs_approval:
        return f"due {due}, waits for approval"
    text_by_choice = {
        Choice.EDITED: f"sends {due} as {name_of(promise.chosen_by)} wrote it",
        Choice.NOTHING: f"sends {due}: nothing new, says {name_of(promise.chosen_by)}",
        Choice.NOW: "sends now",
    }
    return text_by_choice.get(Choice(promise.choice)) or f"sends automatically {due}"


def _decided_by(promise: Promise, name_of: NameOf) -> str:
    if promise.requested_by:
        return f" by {name_of(promise.requested_by)}"
    if promise.choice and promise.chosen_by:
        verbs = {Choice.NOTHING: "nothing new, said", Choice.EDITED: "as written by", Choice.NOW: "by"}
        return f" {verbs[Choice(promise.choice)]} {name_of(promise.chosen_by)}"
    return f", approved by {name_of(promise.approved_by)}" if promise.approved_by else " automatically"


def lateness(promise: Promise) -> str:
    """How late the update was sent; empty if it was not late."""
    if promise.sent_at is None or promise.sent_at - promise.due_at <= LATE_AFTER:
        return ""
    reason = late_reason(promise)
    reason_text = f": {escape(reason)}" if reason else ""
    return f", {format_duration(promise.sent_at - promise.due_at)} late{reason_text}"


def late_reason(promise: Promise) -> str:
    """Why the update was late, as known now; empty if it was not."""
    is_approved_late = promise.late_because == NOT_APPROVED and not promise.needs_approval
    return APPROVED_LATE if is_approved_late else promise.late_because


def pace_set(titles: str, outcome: str, *, is_paused: bool) -> str:
    """The answer to a changed pace."""
    return f"{titles}: updates {outcome} {'from `/incident resume` on' if is_paused else 'now'}."


def told_at(promise: Promise, now: datetime) -> str:
    """When the audience of a waiting update reads it."""
    if promise.needs_approval:
        return "once it is approved"
    return "now" if promise.due_at <= now else f"at {near_time(promise.due_at, now)}"


def told_when(titles_by_time: Mapping[str, Sequence[str]]) -> str:
    """The note on when audiences hear of a change, from the titles of those that do at each time."""
    if not titles_by_time:
        return NO_AUDIENCE_TOLD
    (first_time, first_titles), *others = titles_by_time.items()
    parts = [
        f"{enumerated(first_titles)} will hear of it {first_time}",
        *(f"{enumerated(names)} {at}" for at, names in others),
    ]
    return f"{'; '.join(parts)}."


def on_its_way_to(titles: Sequence[str]) -> str:
    """The answer that names the audiences."""
    return f"The update is on its way to {enumerated(titles)}."


def enumerated(names: Sequence[str]) -> str:
    """`one`, `one and two` or `one, two and three`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def partners_untold(names: Sequence[str]) -> str:
    """What is to be done before updates reach the partners."""
    return (
        f"No notice has gone to {', '.join(escape(name) for name in names)} yet, so updates do not reach them: "
        "`/incident partners` shows how to tell them."
    )


def audience_added(title: str, *, is_paused: bool) -> str:
    since_when = "from `/incident resume` on" if is_paused else "from now on"
    return f"{title} will get updates of this private incident {since_when}. `/incident updates` shows when."


def kept_of(updates: UpdatesKept) -> str:
    """`5 of 6 (83 %)`, or `none was due yet`."""
    if not updates.promised:
        return "none was due yet"
    return f"{updates.kept} of {updates.promised} ({100 * updates.kept // updates.promised} %)"
