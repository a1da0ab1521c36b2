"""When updates are due and how many were missed. Pure; times are in UTC, lengths are timedeltas."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.floor import QuietHours

LATE_AFTER = timedelta(minutes=2)
# Two weeks of updates every minute: a larger number would mean nothing more.
MAX_MISSED = 25_000
SATURDAY = 5
# "No change" is added to the last message for this long; then it is a message again, so that nobody wonders.
LONGEST_SILENCE = timedelta(hours=2)
# Roles are usually taken this soon after the declaration; until then a draft without a decider waits.
ROLES_WITHIN = timedelta(minutes=2)


def first_update_due(cadence: timedelta, now: datetime) -> datetime:
    """The first promise: one cadence from `now`."""
    return now + cadence


def next_update_due(
    cadence: timedelta, promised_at: datetime, now: datetime, quiet: QuietHours | None = None
) -> datetime:
    """The first promised time after `now`; missed times are skipped, not replayed.

    Nothing is promised during the audience's quiet hours: the next time is when they end.
    """
    missed = max(0, (now - promised_at) // cadence)
    return after_quiet(promised_at + (missed + 1) * cadence, quiet)


def missed_updates(
    cadence_at: Callable[[datetime], timedelta],
    first_due_at: datetime,
    now: datetime,
    quiet: QuietHours | None = None,
) -> int:
    """Number of promised times that passed without an update; up to two minutes late does not count as missed.

    `cadence_at` says how long after an update at that time the next one would have been promised.
    """
    if now - first_due_at <= LATE_AFTER:
        return 0
    missed, due_at = 0, first_due_at
    while due_at <= now and missed < MAX_MISSED:
        missed += 1
        due_at = after_quiet(due_at + cadence_at(due_at), quiet)
    return missed


def may_append_line(posted_at: datetime, now: datetime) -> bool:
    """True while "no change" is added to the message posted then; after two hours it is a message again."""
    return now - posted_at < LONGEST_SILENCE


def retimed(due_at: datetime, old: timedelta | None, new: timedelta, now: datetime) -> datetime:
    """When the next update is due after a cadence change: counted from the last one, but never in the past.

    One that is due already is not put off. `old` is the cadence under which `due_at` was promised; None if there
    was no promise yet.
    """
    if old and due_at <= now:
        return due_at
    previous_due_at = due_at - old if old else now
    return max(previous_due_at + new, now + min(new, LATE_AFTER))


def resumed(due_at: datetime, lead_time: timedelta, now: datetime) -> datetime:
    """When a paused promise is due: at its promised time if that is still ahead, else after time for a draft."""
    return due_at if due_at > now else now + max(lead_time, LATE_AFTER)


def after_clock_set_back(due_at: datetime, promised_at: datetime, now: datetime) -> datetime:
    """The new due time of a promise made before the clock was set back: the same wait, counted from `now`."""
    return now + (due_at - promised_at)


def draft_due(due_at: datetime, lead_time: timedelta, now: datetime) -> datetime:
    """When the draft is shown: `lead_time` before the update is due, or now if that has passed."""
    return max(now, due_at - lead_time)


def draft_without_lead_due(declared_at: datetime, due_at: datetime, now: datetime) -> datetime:
    """When to show a draft without a decider: once roles should be taken, unless that is too late."""
    waits_until = declared_at + ROLES_WITHIN
    return waits_until if now < waits_until < due_at else now


def after_quiet(moment: datetime, quiet: QuietHours | None) -> datetime:
    """`moment`, or the end of the night or weekend that it falls into, by the wall clock of the audience's zone."""
    while quiet is not None and (end := _quiet_until(moment, quiet)):
        moment = end
    return moment


def _quiet_until(moment: datetime, quiet: QuietHours) -> datetime | None:
    """The end of the quiet night or weekend that `moment` falls into; None if it falls into neither."""
    local_time = moment.astimezone(ZoneInfo(quiet.zone))
    if "weekends" in quiet.at and local_time.weekday() >= SATURDAY:
        return _at_time_of_day(local_time + timedelta(days=7 - local_time.weekday()), hour=0, minute=0).astimezone(
            moment.tzinfo
        )
    if "nights" not in quiet.at:
        return None
    time_of_day, night_start, night_end = local_time.time().replace(fold=0), quiet.night_from, quiet.night_to
    over_midnight = night_start > night_end
    is_night = (
        (time_of_day >= night_start or time_of_day < night_end)
        if over_midnight
        else night_start <= time_of_day < night_end
    )
    if not is_night:
        return None
    day = local_time + timedelta(days=1) if over_midnight and time_of_day >= night_start else local_time
    return _at_time_of_day(day, hour=night_end.hour, minute=night_end.minute).astimezone(moment.tzinfo)


def _at_time_of_day(day: datetime, hour: int, minute: int) -> datetime:
    # In a repeated hour, keep the fold of `day`, so that the end is never before it.
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
