"""A missed promise is recorded with its reason and reported once: to the leads, else to the declarer."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from bot import outbox
from bot.directory.administrators import administrators_channel_id
from bot.incidents import audiences as known_audiences
from bot.incidents import incidents
from bot.incidents.change import Change, changing_by_clock
from bot.incidents.events import UpdateMissed
from bot.incidents.roles import lead_of, readers_among
from bot.outbox import batches
from bot.services import Services
from bot.slack.text import channel_link
from bot.updates import deliveries, due_promises, tables, wording
from bot.updates.rules import LATE_AFTER
from bot.updates.tables import Promise


def report_missed(services: Services, now: datetime) -> None:
    """Report every promise not kept in time, once across all replicas, with one message per incident."""
    with services.database.reading() as session:
        missed_rows = [(promise.incident_id, promise.row) for promise in due_promises.missed_promises(session, now)]
    if not missed_rows:
        return
    administrators_channel = administrators_channel_id(services)
    for number, rows in groupby(missed_rows, key=lambda row: row[0]):
        with changing_by_clock(services, number, now) as change:
            _report(change, [row for _, row in rows], administrators_channel)


def _report(change: Change, promise_ids: Sequence[int], administrators_channel: str | None) -> None:
    session, now = change.session, change.now
    promises = [tables.get(session, promise_id) for promise_id in promise_ids]
    # Another process may have reported it in the meantime.
    late_promises = [promise for promise in promises if promise.escalate_at and promise.escalate_at <= now]
    missed: list[tuple[str, Promise]] = []
    for promise in late_promises:
        promise.escalate_at = None
        promise.late_because = _reason(session, promise)
        if _was_refused_before(session, promise):
            continue
        title = known_audiences.audience_title(change.services, promise.audience)
        facts = {"audience": title, "due_at": promise.due_at.isoformat(), "reason": promise.late_because}
        change.log("update_late", **facts)
        missed.append((title, promise))
    if missed:
        first = late_promises[0]
        _notify(change, missed, f"late:{first.key}:{first.due_at.isoformat()}", administrators_channel)


def _reason(session: Session, promise: Promise) -> str:
    """Why it was not sent in time, without names or quotations."""
    if promise.needs_approval:
        return wording.NOT_APPROVED
    if promise.begun_at is None or promise.begun_at - promise.due_at > LATE_AFTER:
        return wording.NOT_RUNNING
    rows = deliveries.of_promise(session, promise)
    if promise.state == tables.REFUSED:
        return wording.SLACK_REFUSED.format(errors=", ".join(sorted({row.refused for row in rows if row.refused})))
    error = batches.error_of(session, rows)
    return wording.SLACK_NOT_TAKEN.format(error=error) if error else wording.SLACK_SLOW


def _was_refused_before(session: Session, promise: Promise) -> bool:
    """True if the previous update was refused as well: a missing channel is reported once, not with each update."""
    previous_promise = tables.previous_promise(session, promise)
    return (
        promise.state == tables.REFUSED
        and previous_promise is not None
        and previous_promise.state == tables.REFUSED
    )


def _notify(
    change: Change, missed: Sequence[tuple[str, Promise]], key: str, administrators_channel: str | None
) -> None:
    """Tell the leads and the administrators' channel; without a lead, the escalation ladder moves on."""
    session, incident, number, now = change.session, change.incident, change.number, change.now
    roles = incidents.roles(session, number)
    lead_ids = [*roles.get("communications_lead", []), *roles.get("commander", [])]
    lead_ids = readers_among(session, incident, lead_ids)
    text = wording.missed_text(number, channel_link(incident.channel_id or ""), missed, now)
    for user_id in dict.fromkeys(lead_ids or [lead_of(session, incident)]):
        batches.post_to_person(session, f"{key}:{user_id}", user_id, text, now, incident_id=number)
    if administrators_channel:
        outbox.post(session, f"{key}:administrators", administrators_channel, text, now, incident_id=number)
    change.publish(UpdateMissed(has_lead=bool(lead_ids), audiences=tuple(title for title, _ in missed)))
