"""A promise that was not kept is written down with its reason and told, once: to who leads, or to who could."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from bot.directory.administrators import administrators
from bot.incidents import audiences as known_audiences
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.incidents.events import UpdateMissed
from bot.outbox import tables as outbox
from bot.services import Services
from bot.slack.text import channel_link, escape
from bot.updates import deliveries, tables, wording
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import Promise


def tell(services: Services, now: datetime) -> None:
    """Tell of every promise that was not kept in time, whoever ticks, one message for each incident."""
    with services.store.reading() as session:
        late = [(promise.incident_id, promise.row) for promise in tables.missed(session, now)]
    if not late:
        return
    informed = administrators(services)
    for number, rows in groupby(late, key=lambda found: found[0]):
        with services.store.transaction() as session:
            change = Change(session, services, incidents.locked(session, number), "", now)
            _tell(change, [row for _, row in rows], informed)


def _tell(change: Change, rows: Sequence[int], informed: str | None) -> None:
    session, now = change.session, change.now
    promises = [tables.get(session, row) for row in rows]
    # Another process may have told of it in between.
    late = [promise for promise in promises if promise.escalate_at and promise.escalate_at <= now]
    told = []
    for promise in late:
        promise.escalate_at = None
        promise.late_because = _because(session, promise)
        session.add(promise)
        if _is_known_trouble(session, promise):
            continue
        title = known_audiences.title(change.services, promise.audience)
        facts = {"audience": title, "due": promise.due_at.strftime("%H:%M UTC"), "reason": promise.late_because}
        change.log("update_late", **facts)
        told.append(wording.late_line(escape(title), promise, now))
    if told:
        _say(change, told, f"late:{late[0].key}:{late[0].due_at.isoformat()}", informed)


def _because(session: Session, promise: Promise) -> str:
    """Why it was not sent in time, in words that name nobody and quote nothing."""
    if promise.needs_approval:
        return "nobody has approved it"
    if promise.begun_at is None or promise.begun_at - promise.due_at > LATE_AFTER:
        return "Watchfloor was not running at that minute"
    rows = deliveries.of_promise(session, promise)
    if promise.state == tables.REFUSED:
        return f"Slack refused it ({', '.join(sorted({row.refused for row in rows if row.refused}))})"
    hindrance = next((row.error for row in rows if row.error), None)
    return f"Slack has not taken it ({hindrance})" if hindrance else "Slack was slow to take it"


def _is_known_trouble(session: Session, promise: Promise) -> bool:
    """Was the update before refused as well? A channel that is missing is told of once, not with each update."""
    before = tables.before(session, promise)
    return promise.state == tables.REFUSED and before is not None and before.state == tables.REFUSED


def _say(change: Change, lines: Sequence[str], key: str, informed: str | None) -> None:
    """Who leads hears of it; when nobody does, the escalation ladder moves on."""
    session, incident, number, now = change.session, change.incident, change.number, change.now
    held = incidents.roles(session, number)
    leads = [*held.get("communications_lead", []), *held.get("commander", [])]
    words = wording.late_words(number, channel_link(incident.channel_id or ""), lines)
    for user_id in dict.fromkeys(leads or [incident.declared_by]):
        outbox.post(session, f"{key}:{user_id}", user_id, words, now, incident_id=number)
    if informed:
        outbox.post(session, f"{key}:administrators", informed, words, now, incident_id=number)
    change.publish(UpdateMissed(has_lead=bool(leads)))
