"""The partner notice: sent once, reminded once when silent, then named to the commander with a phone number."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.rules import OPEN
from bot.outbox import kinds
from bot.outbox.kinds import Settled
from bot.partners import handlers as partners
from bot.partners import tables, wording
from bot.partners.messages import partner_of, reply_in_thread
from bot.partners.rules import NextAction, State
from bot.partners.tables import PartnerNotice
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.messages import Posted
from bot.timeline import timeline

# The label of the reply that reminds a partner.
REMINDER = "reminder"


def _send(services: Services, number: int, notice_id: int, now: datetime) -> None:
    """Add the notice to the outbox; a partner without a channel is reported to the lead."""
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        row = tables.get(session, notice_id)
        if row.act != NextAction.TELL or not _is_due(row, now):
            return
        row.plan(NextAction.NOTHING, None)
        if row.state != State.WAITING:
            return
        if incident.status not in OPEN:
            row.state = State.DROPPED
        elif partner_of(services, row.partner).channel is None:
            _mark_unreachable(session, row, "", now)
        else:
            row.act = NextAction.SEND
            priority = outbox.URGENT
            outbox.add(session, kinds.PARTNER, number, now, row.partner, follows_incident=True, priority=priority)


def note_refused(settled: Settled, error: str) -> None:
    """Mark the partner as one to be phoned, because Slack refused the notice."""
    _mark_unreachable(settled.session, _notice_of(settled), error, utcnow())


def note_told(settled: Settled, posted: Posted | None) -> None:
    """Record that the notice has arrived in the partner's channel and that an answer is awaited."""
    row = _notice_of(settled)
    if row.state == State.WAITING and posted is not None:
        _mark_told(settled.session, settled.services, row, posted, utcnow())


def note_replied(settled: Settled, posted: Posted | None) -> None:
    """Record a reminder once the partner can read it."""
    label, row = _reply_of(settled)
    if label == REMINDER:
        row.reminded_at = now = utcnow()
        timeline.append(settled.session, row.incident_id, "partner_reminded", now, partner=row.partner)


def note_reply_refused(settled: Settled, error: str) -> None:
    """Ask the lead at once to phone the partner, because its channel takes no more replies."""
    session, (label, row), now = settled.session, _reply_of(settled), utcnow()
    timeline.append(session, row.incident_id, "partner_unreachable", now, partner=row.partner, reason=error)
    if row.cleared_at is not None:
        row.cleared_at = row.channel_id = None
        row.trouble = error
    row.plan(NextAction.NOTHING, None)
    change = Change(session, settled.services, incidents.by_number(session, row.incident_id), "", now)
    purpose = wording.PURPOSES_OF_CALLS.get(label, wording.CHANNEL_LOST)
    partners.ask_to_phone(change, [row], settled.row.key, purpose)


def _notice_of(settled: Settled) -> PartnerNotice:
    return tables.find(settled.session, settled.row.incident_id or 0, settled.row.subject)


def _reply_of(settled: Settled) -> tuple[str, PartnerNotice]:
    label, _, partner = settled.row.subject.partition(":")
    return label, tables.find(settled.session, settled.row.incident_id or 0, partner)


def _mark_unreachable(session: Session, row: PartnerNotice, reason: str, now: datetime) -> None:
    """Mark a partner as unreachable by message; the lead is told at once to phone it."""
    if row.state != State.WAITING:
        return
    row.state, row.trouble = State.UNREACHABLE, reason or None
    row.plan(NextAction.NAME, now)
    facts = {"partner": row.partner, "reason": reason or wording.NO_CHANNEL}
    timeline.append(session, row.incident_id, "partner_unreachable", now, **facts)


def _mark_told(session: Session, services: Services, row: PartnerNotice, posted: Posted, now: datetime) -> None:
    incident = incidents.by_number(session, row.incident_id)
    row.state, row.told_at, row.told_severity = State.TOLD, now, incident.severity
    row.channel_id = posted.channel_id
    row.plan(NextAction.REMIND, now + services.floor.partner_answers.reminded_after)
    timeline.append(session, incident.number, "partner_told", now, partner=row.partner, severity=incident.severity)
    session.flush()
    if incident.status not in OPEN:
        partners.send_all_clear(Change(session, services, incident, "", now))


def start_due(services: Services, now: datetime) -> None:
    """Process what is due for partners: notices, reminders, and one message to each commander."""
    with services.database.reading() as session:
        due = tables.due(session, now)
    for row in due:
        if row.act == NextAction.TELL:
            _send(services, row.incident_id, row.number, now)
        elif row.act == NextAction.REMIND:
            _remind(services, row.number, now)
    for number in sorted({row.incident_id for row in due if row.act == NextAction.NAME}):
        _name_silent(services, number, now)


def _remind(services: Services, notice_id: int, now: datetime) -> None:
    with services.database.transaction() as session:
        row, _ = tables.locked(session, notice_id)
        if row.act != NextAction.REMIND or row.due_at is None or row.due_at > now:
            return
        if not row.is_silent:
            row.plan(NextAction.NOTHING, None)
            return
        answer_times = services.floor.partner_answers
        row.plan(NextAction.NAME, max(now, row.due_at + answer_times.named_after - answer_times.reminded_after))
        reply_in_thread(
            session, services, row, REMINDER, now, key=f"partner:{row.number}:reminder:{now.isoformat()}"
        )


def _name_silent(services: Services, number: int, now: datetime) -> None:
    """Report an incident's due silent partners in one message, without those that have answered meanwhile."""
    with services.database.transaction() as session:
        incident = incidents.by_number_locked(session, number)
        rows = [
            row for row in tables.of_incident(session, number) if row.act == NextAction.NAME and _is_due(row, now)
        ]
        silent_rows = [row for row in rows if row.is_silent or row.state == State.UNREACHABLE]
        _log_named(session, silent_rows, now)
        for row in rows:
            row.plan(NextAction.NOTHING, None)
        if silent_rows and incident.status in OPEN:
            row_numbers = ",".join(str(row.number) for row in silent_rows)
            partners.ask_to_phone(
                Change(session, services, incident, "", now), silent_rows, f"{row_numbers}:{now.isoformat()}"
            )


def _is_due(row: PartnerNotice, now: datetime) -> bool:
    return row.due_at is not None and row.due_at <= now


def _log_named(session: Session, silent_rows: Sequence[PartnerNotice], now: datetime) -> None:
    for row in silent_rows:
        row.named_at = now
        timeline.append(session, row.incident_id, "partner_named", now, partner=row.partner)
