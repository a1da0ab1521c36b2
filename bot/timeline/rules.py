"""Parsing of notes, contents of filters, and permission to correct an entry. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from bot.errors import WatchfloorError

LONGEST_NOTE = 3_000
PER_PAGE = 8
NOTE, DECISION, RULED_OUT, CUSTOMER_IMPACT = "note", "decision", "ruled_out", "customer_impact"
NOTES = (NOTE, DECISION, RULED_OUT, CUSTOMER_IMPACT)
# Prefixes of a note that replace choosing its kind in the form.
PREFIXES = {
    "decision": DECISION,
    "decided": DECISION,
    "ruled out": RULED_OUT,
    "impact": CUSTOMER_IMPACT,
    "customer impact": CUSTOMER_IMPACT,
}
_DAY = r"(?:(?P<day>\d{4}-\d{2}-\d{2}|yesterday|today)\s+)?"
_TIME_LAST = re.compile(
    rf"^(?P<text>.*\S)\s+at\s+{_DAY}(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})$", re.IGNORECASE | re.DOTALL
)
# Words after a time with which it is a span, or the time of another zone or of a clock of twelve hours.
_NO_MOMENT = r"to|until|till|and|or|[ap]\.?m|utc|gmt|z|bst|ces?t|[ecmp][sd]t|ist|pht|jst|sgt"
_TIME_FIRST = re.compile(
    rf"^(?:at\s+)?{_DAY}(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?:\s*[,:–—-]\s*(?!\d)|\s+)"
    rf"(?!(?:{_NO_MOMENT})\b)(?P<text>[^\s,:–—-].*)$",
    re.IGNORECASE | re.DOTALL,
)
# Users' clocks may be slightly ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=1)
# How long ago a time of the day before may be that is typed without a day.
OVER_MIDNIGHT = timedelta(hours=12)

# The filters of `/incident timeline` and the kinds they show; an empty one does not filter by kind.
FILTERS: dict[str, tuple[str, ...]] = {
    "all": (),
    "marked": (),
    "decisions": (DECISION, RULED_OUT, CUSTOMER_IMPACT),
    "state": (
        *("declared", "severity", "status", "renamed", "type", "sites", "impact", "front_door"),
        *("cause", "cause_unknown", "actions", "needs", "nothing_needed", "situation_cleared"),
        *("resolved", "reopened", "closed", "declined", "merged", "merged_from", "unmerged", "made_private"),
        *("related", "unrelated", "milestone", "bridge", "bridge_removed"),
        *("figures_typed", "figures_warning", "alert_fired", "alert_resolved", "cases_linked"),
        *("front_door_on", "front_door_changed", "front_door_heard", "front_door_kept", "front_door_off"),
        *("front_door_gone", "front_door_reminded", "front_door_forgotten", "front_door_waived"),
        *("ledger_opened", "ledger_rule", "ledger_release_asked", "ledger_released", "ledger_release_refused"),
        "lockouts_declared",
        *("ledger_closed", "ledger_waived", "ledger_reopened"),
        *("routing_asked", "routing_taken", "routing_answered", "routing_withdrawn", "routing_overdue"),
        *("routing_moved", "routing_ended"),
    ),
    "messages": ("message", "shortcut_message", "reported_again", *NOTES, "gap", "gap_refused"),
    "steps": (
        *("playbook_started", "playbook_stopped", "step_done", "step_waived", "step_skipped", "step_assigned"),
        *("step_undone", "step_snoozed", "step_reminded", "step_repeated"),
    ),
    "updates": (
        *("update_sent", "updates_missed", "update_late", "update_moved", "update_pace"),
        *("updates_paused", "updates_resumed", "audience_added", "audience_removed", "audience_gone"),
    ),
    "partners": (
        *(
            "partner_guidance",
            "partner_added",
            "partner_removed",
            "partner_told",
            "partner_unreachable",
            "partner_received",
            "partner_affected",
        ),
        *("partner_agents", "partner_reminded", "partner_named", "partner_phoned", "partner_cleared"),
    ),
    "people": (
        *("joined", "left", "role_taken", "role_given", "role_handed_over", "role_left", "paged"),
        *("handover_offered", "handover_accepted", "handover_returned", "handover_withdrawn"),
        *("handover_reminded", "handover_unaccepted"),
        *("page_passed_over", "page_unanswered", "page_declined", "on_my_way", "escalated", "ladder_topped"),
        "pager_failed",
    ),
    "followups": (
        *("followup_added", "followup_done", "followup_dropped", "followup_reopened", "followup_moved"),
        *("followup_given", "followup_declined", "followup_ownerless", "followup_changed"),
        *("playbook_proposed", "playbook_change_accepted", "playbook_change_declined"),
        *("guide_missing", "guide_to_review", "guide_published"),
    ),
    "postmortem": (
        *("postmortem_delivered", "postmortem_assigned", "postmortem_review_asked", "postmortem_reviewed"),
        *("postmortem_version", "postmortem_rewritten", "postmortem_incomplete", "postmortem_published"),
    ),
    "trouble": ("trouble", "channel_lost", "channel_found", "gap", "gap_refused", "pager_failed"),
}


class NoteMissing(WatchfloorError):
    """Please say what is to be noted, such as `/incident note we restarted the gateway at 14:05`."""


class TimeInFuture(WatchfloorError):
    """{given} is still to come, so it cannot be when it happened. `/incident note` alone opens a form in which
    the time is a field of its own."""


class NoSuchTime(WatchfloorError):
    """There is no {given} on that day where you are. Write a time such as `at 14:05` or `at 2026-03-28 23:10`."""


class UnknownFilter(WatchfloorError):
    """I cannot show `{given}`. Choose one of {known}, such as `/incident timeline decisions`."""


class NotYourEntry(WatchfloorError):
    """Only the person who wrote entry {number} and the commander may correct it. Ask the commander; the card names
    them."""


class CorrectionReasonMissing(WatchfloorError):
    """Please say why: an entry is only changed with a reason, and the original is kept."""


class Note(Struct, frozen=True):
    """A note as typed: its kind, its text, and its time if one was given."""

    kind: str
    text: str
    at: datetime | None


def read_note(typed: str, timezone: str, now: datetime) -> Note:
    """Parse a note such as `decision: we fail over at 14:05` or `14:05 we fail over`; its time is in the writer's
    `timezone` (IANA name).

    A time without a day is today's or, within half a day, yesterday's; one still to come stays in the text.
    `yesterday`, `today` or `2026-03-28` may precede it. Raises `NoteMissing`, `NoSuchTime` (also for a time skipped
    when the clocks went forward), `TimeInFuture`.
    """
    kind, text = _split_kind(typed.strip())
    if not text:
        raise NoteMissing()
    match = _TIME_LAST.match(text) or _TIME_FIRST.match(text)
    at = read_time(match["day"], match["hour"], match["minute"], timezone, now) if match else None
    if match is None or at is None or (match["day"] is None and _is_long_before_today(at, timezone, now)):
        return Note(kind, text[:LONGEST_NOTE], None)
    return Note(kind, match["text"][:LONGEST_NOTE], at)


def _is_long_before_today(at: datetime, timezone: str, now: datetime) -> bool:
    zone = zone_of(timezone)
    return at.astimezone(zone).date() < now.astimezone(zone).date() and now - at > OVER_MIDNIGHT


def _split_kind(text: str) -> tuple[str, str]:
    prefix, colon, note_text = text.partition(":")
    kind = PREFIXES.get(" ".join(prefix.lower().split())) if colon else None
    return (kind, note_text.strip()) if kind else (NOTE, text)


def read_time(typed_day: str | None, hour: str, minute: str, timezone: str, now: datetime) -> datetime:
    """Return the moment of a time typed in the user's zone; without a day, its last occurrence."""
    typed_time = f"{hour}:{minute}"
    zone = zone_of(timezone)
    today = now.astimezone(zone).date()
    try:
        time_of_day = time(int(hour), int(minute))
        day = _read_day(typed_day, today)
    except ValueError:
        raise NoSuchTime(given=typed_time) from None
    at = _last_occurrence(day or today, time_of_day, zone, now)
    if at is None:
        raise NoSuchTime(given=typed_time)
    if at > now + CLOCK_TOLERANCE and day is None:
        # The clocks may have skipped it yesterday, but never on two days in a row.
        earlier = (_last_occurrence(today - timedelta(days=days), time_of_day, zone, now) for days in (1, 2))
        at = next(filter(None, earlier), at)
    if at > now + CLOCK_TOLERANCE:
        raise TimeInFuture(given=typed_time)
    return at


def _read_day(typed_day: str | None, today: date) -> date | None:
    if typed_day is None:
        return None
    if typed_day.lower() in ("today", "yesterday"):
        return today - timedelta(days=typed_day.lower() == "yesterday")
    return date.fromisoformat(typed_day)


def _last_occurrence(day: date, time_of_day: time, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return that time on that day, or None if the clocks went forward over it. If the clocks went back and it
    occurred twice, the later past occurrence counts."""
    candidates = [datetime.combine(day, time_of_day, zone).replace(fold=fold).astimezone(UTC) for fold in (1, 0)]
    real = [at for at in candidates if at.astimezone(zone).time() == time_of_day]
    past = [at for at in real if at <= now + CLOCK_TOLERANCE]
    return next(iter(past or real), None)


def is_repeated(at: datetime, timezone: str) -> bool:
    """True if the clocks there showed that time twice, because they went back."""
    local = at.astimezone(zone_of(timezone))
    return local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()


def zone_of(timezone: str) -> ZoneInfo:
    """Return the zone of that name, or UTC if the name is unknown."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def read_filter(typed: str) -> str:
    """Return the filter meant by `/incident timeline WORD`; `all` if no word is given."""
    typed_filter = typed.strip().lower()
    matching = [name for name in FILTERS if name.startswith(typed_filter)]
    if not matching:
        raise UnknownFilter(given=re.sub(r"[<>&`]", " ", typed.strip())[:40], known=", ".join(FILTERS))
    return matching[0]


def pages(entries: int) -> int:
    """Return the number of pages for that many entries; an empty timeline has one."""
    return max(1, -(-entries // PER_PAGE))


def check_may_amend(number: int, author: str | None, by: str, commanders: Sequence[str]) -> None:
    """Raise `NotYourEntry` unless the user is the entry's author or the commander."""
    if by != author and by not in commanders:
        raise NotYourEntry(number=number)
