"""Answers to the question whether an incident is already open: open another one, join it, cancel.

The decision and its consequences are one transaction; deciding twice changes nothing.
"""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.errors import WatchfloorError
from bot.incidents import incidents, invitations, pending_declarations, wording
from bot.incidents.declaring import check_may_declare, opening, question_key, start_declaration
from bot.incidents.pending_declarations import Decision, PendingDeclaration
from bot.incidents.permissions import changing_as
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.services import Services
from bot.slack.text import channel_link
from bot.timeline import timeline


class OverMeanwhile(WatchfloorError):
    """Incident {number} is {status} by now. Press *It is another one*, or type `/incident reopen` in {channel}."""


def open_another(services: Services, pending_id: int, by: str, reply_to: str, now: datetime) -> str:
    """Open the incident, since it is another one. Return the answer."""
    check_may_declare(services, by)
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING:
            return _earlier_decision(session, pending)
        request = DeclareRequest.model_validate(pending.request)
        request = request.model_copy(update={"at": now, "reply_to": reply_to})
        # The request stays in the row until the flow is started.
        pending.state, pending.request = Decision.OPENED, request.model_dump(mode="json")
        payload, priority = {"pending_id": pending.number}, outbox.FIRST
        key = f"declaration:{pending.number}:open"
        outbox.enqueue(session, kinds.DECLARATION, key, now, payload=payload, priority=priority)
        outbox.supersede(session, question_key(pending))
    return opening(request.title)


def start_decided(services: Services, row: OutboxRow) -> None:
    """Start a decided declaration. Idempotent: the flow is started once."""
    pending_id = int((row.payload or {})["pending_id"])
    with services.database.reading() as session:
        pending = session.get(PendingDeclaration, pending_id)
    if pending is None or not pending.request:
        return
    start_declaration(services, DeclareRequest.model_validate(pending.request))
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, pending.user_id)
        pending.request = {}


def join_duplicate(services: Services, pending_id: int, number: int, by: str, reply_to: str, now: datetime) -> str:
    """Invite the person to the open incident, and add what they reported to its timeline."""
    with changing_as(services, by) as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING or number not in pending.duplicates:
            return _earlier_decision(session, pending)
        incident = _incident_to_join(session, number, by)
        reported_request = DeclareRequest.model_validate(pending.request)
        text = ": ".join(part for part in (reported_request.title, reported_request.description) if part)
        timeline.append(session, incident.number, "reported_again", now, by, text=text)
        _record_decision(session, pending, Decision.JOINED)
        key = f"declaration:{pending.number}:join"
        invitations.invite(session, incident.number, key, now, [by], reply_to=reply_to)
    channel = channel_link(incident.channel_id or "")
    return wording.REPORT_ON_RECORD.format(channel=channel)


def _incident_to_join(session: Session, number: int, by: str) -> Incident:
    """The incident or, if it was merged since the question was asked, the one in which it continues."""
    incident = incidents.by_number_locked(session, number)
    incidents.check_visible(session, incident, by)
    if incident.merged_into:
        return _incident_to_join(session, incident.merged_into, by)
    if not incident.is_active:
        channel = channel_link(incident.channel_id or "")
        raise OverMeanwhile(number=incident.number, status=incident.status, channel=channel)
    return incident


def cancel(services: Services, pending_id: int, by: str) -> str:
    """Cancel the declaration; nothing is opened."""
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING:
            return _earlier_decision(session, pending)
        _record_decision(session, pending, Decision.CANCELLED)
    return wording.DECLARATION_CANCELLED


def _record_decision(session: Session, pending: PendingDeclaration, decision: Decision) -> None:
    pending.state, pending.request = decision, {}
    outbox.supersede(session, question_key(pending))


def _earlier_decision(session: Session, pending: PendingDeclaration) -> str:
    """The answer for a declaration that has already been decided."""
    if pending.state == Decision.OPENED:
        incident = incidents.by_key(session, pending.key)
        channel = channel_link(incident.channel_id) if incident and incident.channel_id else "being opened"
        return wording.ANSWERED_WITH.format(channel=channel)
    decision = "you joined the other incident" if pending.state == Decision.JOINED else "you cancelled it"
    return wording.ANSWERED_ALREADY.format(decision=decision)
