"""From draft through review to published: allowed transitions, due times and reminders. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.floor import WorkingDays
from bot.errors import WatchfloorError
from bot.postmortems.rules import State, Verdict

REMIND_BEFORE = timedelta(days=2)
REMIND_AGAIN_AFTER = timedelta(days=3)
REMINDERS_WHEN_LATE = 3
SATURDAY = 5


class NotYetClosed(WatchfloorError):
    """This is a preview. The post-mortem comes after `/incident close`; that one can be reviewed and published."""


class SetAside(WatchfloorError):
    """This draft was set aside when the incident was reopened. The next close brings a new one."""


class AlreadyPublished(WatchfloorError):
    """It is published already. Upload an edited file in the thread, and the published copy gets it too."""


class BeingPublished(WatchfloorError):
    """It is being published. If Slack refuses the place, the message about the post-mortem says so in a moment."""


class EditedByPeople(WatchfloorError):
    """The newest version was edited by a person, so it is not written over. Upload another edited file in the
    thread."""


class WrittenAgain(WatchfloorError):
    """Version {version} was written meanwhile: the files are in the thread."""


class NotReviewedYet(WatchfloorError):
    """Nobody was asked to review it yet. *Request review…* does that; then it can be published."""


class ChangesRequested(WatchfloorError):
    """{who} wants changes. Upload an edited file in this thread; then it can be published."""


class StillUnknown(WatchfloorError):
    """Not done yet: {undone}. Do it first, or say why it is published without."""


class NotAReviewer(WatchfloorError):
    """You were not asked to review this. The person who has the draft can ask you with *Request review…*."""


def check_open(state: str) -> None:
    """Raise an error for a post-mortem that is a preview, put aside or published: it cannot be worked on."""
    if state == State.PREVIEW:
        raise NotYetClosed()
    if state == State.PUT_ASIDE:
        raise SetAside()
    if state == State.PUBLISHED:
        raise AlreadyPublished()


def check_may_publish(state: str, verdicts: Sequence[tuple[str, str]]) -> None:
    """Raise unless it is in review and no reviewer wants changes. `verdicts`: each reviewer's name and verdict."""
    check_open(state)
    if state != State.IN_REVIEW:
        raise NotReviewedYet()
    names_wanting_changes = [name for name, verdict in verdicts if verdict == Verdict.CHANGES]
    if names_wanting_changes:
        raise ChangesRequested(who=" and ".join(names_wanting_changes))


def due_at(closed_at: datetime, deadline: timedelta | WorkingDays, zone: str) -> datetime:
    """Return the due time: a duration after the close, or a number of working days later at the same time.

    Working days are Monday to Friday in `zone` (an IANA name); the local time is kept across a clock change.
    """
    if isinstance(deadline, timedelta):
        return closed_at + deadline
    day = closed_at.astimezone(ZoneInfo(zone))
    for _ in range(deadline.days):
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
    return day.astimezone(closed_at.tzinfo)


def first_reminder(due: datetime, now: datetime) -> datetime:
    """Return the time two days before it is due, or the due time if that has passed."""
    early = due - REMIND_BEFORE
    return early if early > now else due


def next_reminder(due: datetime, now: datetime, sent_when_late: int) -> datetime | None:
    """Return the reminder after the one at `now`: at the due time, then every three days, three in all; then None.

    `sent_when_late` is the number of reminders since the due time, including the one at `now`.
    """
    if now < due:
        return due
    return now + REMIND_AGAIN_AFTER if sent_when_late < REMINDERS_WHEN_LATE else None
