"""The facts of an update about time: since when nothing has changed, when the next one comes; already escaped."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot.config.floor import Audience, Moment
from bot.incidents.rules import OPEN, Status
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import near_time
from bot.timeline import timeline
from bot.updates import tables, variables
from bot.updates.news import NewsFilter, filter_for, is_unchanged
from bot.updates.tables import Choice, Promise

# Only these add news: the author of an edited update, or of "nothing new", has read what happened.
AUTOMATIC_CHOICES = (Choice.NONE, Choice.NOW)
# Entries after which the line below an update names another time of the next one.
KINDS_THAT_RETIME = ("severity", "update_pace", "update_moved", "updates_paused")
# What an audience waits for that is told neither by the clock nor when something changes.
NEXT_WHEN: dict[object, str] = {Moment.AT_CLOSE: "close", Moment.NEVER: "resolved"}


class UpdateContext(Struct, frozen=True):
    """Everything the facts depend on besides the incident: the update, its audience, the language and so on.

    `reader` is the partner whose own copy this is; `part` is `all`, or `body` for what users may edit; the earlier
    updates are gone if somebody deleted the last one.
    """

    promise: Promise
    audience: Audience
    now: datetime
    language: str
    reader: str = ""
    part: str = variables.ALL
    are_earlier_gone: bool = False


def last_told_at(session: Session, incident: Incident, promise: Promise) -> datetime | None:
    """When the last update to this audience was composed; None before the first one."""
    last_update = tables.last_sent(session, incident.number, promise.audience)
    return (last_update.composed_at or last_update.sent_at) if last_update else None


def is_open_again(session: Session, incident: Incident, since: datetime | None) -> bool:
    """True if the incident was reopened after the last update to this audience, and is open.

    One that was merged was never said to be over.
    """
    if since is None or incident.status not in OPEN:
        return False
    entries = timeline.since(session, incident.number, since, ("reopened",))
    return any(entry.facts.get("was") != Status.MERGED for entry in entries)


def has_nothing_new(
    session: Session, services: Services, incident: Incident, promise: Promise, audience: Audience, now: datetime
) -> bool:
    """True if nothing has changed since the last update to this audience."""
    since = last_told_at(session, incident, promise)
    context = UpdateContext(promise, audience, now, audience.languages[0])
    return bool(unchanged(session, services, incident, context, since)["unchanged_since"])


def unchanged(
    session: Session, services: Services, incident: Incident, context: UpdateContext, since: datetime | None
) -> dict[str, Any]:
    """Since when nothing has changed, and whether to say only that, as after two updates that said the same."""
    promise, number = context.promise, incident.number
    news_filter = filter_for(services, context.audience, promise.audience)
    is_same = since is not None and not promise.text.strip()
    if promise.choice in AUTOMATIC_CHOICES:
        is_same = is_same and is_unchanged(session, number, since or context.now, news_filter)
    if not is_same:
        return {"unchanged_since": "", "is_short": False}
    last_entry = timeline.last_of(session, number, (*news_filter.kinds, "declared"))
    return {
        "unchanged_since": near_time(last_entry.at if last_entry else incident.declared_at, context.now),
        "is_short": not context.are_earlier_gone
        and (promise.choice == Choice.NOTHING or is_repeated(session, incident, promise, news_filter)),
    }


def is_repeated(session: Session, incident: Incident, promise: Promise, news_filter: NewsFilter) -> bool:
    """True if this update would only repeat the last two; one with user-written text never does."""
    last_updates = tables.last_two_sent(session, incident.number, promise.audience)
    if len(last_updates) < 2 or promise.text.strip() or incident.status not in OPEN:
        return False
    earliest = last_updates[-1].composed_at or last_updates[-1].due_at
    return is_unchanged(session, incident.number, earliest, news_filter)


def _next_promised(session: Session, promise: Promise, now: datetime) -> datetime | None:
    """The earliest later time promised to the same audience by another update."""
    waiting_promises = tables.waiting(session, promise.incident_id, promise.audience)
    return min(
        (
            other_promise.due_at
            for other_promise in waiting_promises
            if other_promise.id != promise.id and other_promise.due_at > now
        ),
        default=None,
    )


def next_update(session: Session, incident: Incident, context: UpdateContext) -> dict[str, str]:
    """When the next update comes: at a time, when something changes, at the end or the close, or never again."""
    promise, now = context.promise, context.now
    due_at = promise.next_due_at or _next_promised(session, promise, now)
    if incident.status not in OPEN:
        return {"next_update": near_time(due_at, now) if due_at else "", "next_when": ""}
    if due_at:
        return {"next_update": near_time(due_at, now), "next_when": "clock"}
    cadence = context.audience.usual_cadence(incident.severity)
    return {"next_update": "", "next_when": NEXT_WHEN.get(cadence, "change")}


def instead_of(session: Session, incident: Incident, promise: Promise, now: datetime) -> str:
    """The time that the last update promised, if this one comes before it and nothing comes at that time."""
    last_update = tables.last_sent(session, incident.number, promise.audience)
    promised_at = last_update.next_due_at if last_update else None
    if not last_update or not promised_at or promised_at <= now:
        return ""
    told_at = last_update.composed_at or last_update.due_at
    changed_at = {entry.at for entry in timeline.since(session, incident.number, told_at, KINDS_THAT_RETIME)}
    if len(changed_at) > 1:
        return ""  # after the first change, the line below the last update named another time
    is_kept = promised_at in (promise.next_due_at, _next_promised(session, promise, now))
    return "" if is_kept else near_time(promised_at, now)
