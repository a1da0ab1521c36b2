"""Declaring: the form, the one-liner, the question asked before opening a possible duplicate, its answers.

A declaration is stored before it is acknowledged: as a flow that opens the incident, or as a pending declaration
whose buttons work until the person has decided. The decision and its consequences are one transaction; deciding
twice changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot import outbox
from bot.directory.lookup import person_of
from bot.errors import WatchfloorError
from bot.incidents import (
    declaration_forms,
    incidents,
    invitations,
    pending_declarations,
    recognition,
    rules,
    scope,
    wording,
)
from bot.incidents.declaration_forms import DEFAULT_SEVERITY, Prefilled
from bot.incidents.drills import drill_title
from bot.incidents.facts import PRIVATE_BY_DEFAULT
from bot.incidents.limits import PersonLimits
from bot.incidents.pending_declarations import Decision, PendingDeclaration
from bot.incidents.permissions import changing_as, check_may
from bot.incidents.recognition import Declaration, Kind
from bot.incidents.registry import Registry
from bot.incidents.responses import CommandResponse, Response
from bot.incidents.rules import TitleMissing
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest, declare, incident_of
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block, Message
from bot.slack.text import channel_link, one_line
from bot.timeline import timeline

DUPLICATES_WITHIN = timedelta(hours=12)
DUPLICATES_SHOWN = 3
# An unanswered question is repeated by direct message, because the first may have been overlooked or lost.
REMINDER_DELAY = timedelta(minutes=2)


class DrillTitleMissing(WatchfloorError):
    """Please say what is practised, such as `/incident drill S1 IVR down in Manila`."""


def form(
    services: Services, user_id: str, prefilled: Prefilled = declaration_forms.EMPTY, private_metadata: str = ""
) -> Block:
    """Return the form for a person who may declare."""
    check_may_declare(services, user_id)
    return declaration_forms.declare_form(services.floor, prefilled, private_metadata)


def check_may_declare(services: Services, user_id: str) -> None:
    """Refuse a person who may not declare incidents here."""
    check_may(services, user_id, "declare")


def declare_as_typed(
    services: Services, trigger_id: str, user_id: str, typed_declaration: str, reply_to: str
) -> CommandResponse:
    """Declare at once from what was typed, or return a prefilled form if something is missing or needs a look.
    Return the answer meanwhile."""
    declaration = recognition.read_declaration(typed_declaration)
    if declaration.kind == Kind.DRILL:
        return drill_from_command(services, trigger_id, user_id, declaration, reply_to)
    past = None
    if declaration.kind == Kind.AFTERWARDS:
        past = recognition.read_past(declaration.title, person_of(services, user_id).timezone, utcnow())
    # `private` may also be the first word of a title, and `???` was hardly meant as one: the form shows what was
    # understood.
    if past is None and (declaration.kind != Kind.NOW or not rules.has_words(declaration.title)):
        return form(services, user_id, _prefilled(declaration))
    request = DeclareRequest(
        key=f"declare:{trigger_id}",
        user_id=user_id,
        title=past.title if past else declaration.title,
        severity=declaration.severity or DEFAULT_SEVERITY,
        at=utcnow(),
        started_at=past.started_at if past else None,
        ended_at=past.ended_at if past else None,
        reply_to=reply_to,
    )
    question = declare_unless_open(services, scope.complete(services, request), REMINDER_DELAY)
    if question:
        return question
    severity_note = "" if declaration.severity else wording.DEFAULT_SEVERITY.format(severity=DEFAULT_SEVERITY)
    return f"{opening(request.title)}{severity_note}{past.notes if past else ''}"


def _prefilled(declaration: Declaration) -> Prefilled:
    return Prefilled(
        title=declaration.title,
        severity=declaration.severity or DEFAULT_SEVERITY,
        is_private=declaration.kind == Kind.PRIVATE,
        is_over=declaration.kind == Kind.AFTERWARDS,
    )


def drill_from_command(
    services: Services, trigger_id: str, user_id: str, declaration: Declaration, reply_to: str
) -> Response:
    """Open a drill at once; it is marked as one everywhere. Return the answer meanwhile."""
    if not declaration.title:
        raise DrillTitleMissing()
    request = DeclareRequest(
        key=f"declare:{trigger_id}",
        user_id=user_id,
        title=drill_title(declaration.title, services.floor.language),
        severity=declaration.severity or DEFAULT_SEVERITY,
        at=utcnow(),
        reply_to=reply_to,
        is_drill=True,
    )
    request = scope.complete(services, request)
    check_may_be_declared(services, request)
    start_declaration(services, request)
    return opening(request.title)


def opening(title: str) -> str:
    """The answer while the incident is being opened."""
    return f"Opening an incident for “{one_line(title, 200)}”…"


def declare_unless_open(
    services: Services, request: DeclareRequest, reminder_delay: timedelta = timedelta()
) -> Message | None:
    """Start the declaration; or hold it and return the question whether it duplicates an open incident.

    The same question comes by direct message after a while, unless it has been answered by then.
    """
    check_may_be_declared(services, request)
    with services.database.reading() as session:
        duplicates = _likely_duplicates(session, request)
    if not duplicates:
        start_declaration(services, request)
        return None
    now = request.at
    with services.database.transaction() as session:
        request_json = request.model_dump(mode="json")
        numbers = [incident.number for incident in duplicates]
        pending = pending_declarations.hold(session, request.key, request.user_id, request_json, numbers, now)
        text, blocks = declaration_forms.duplicate_question(pending.number, duplicates)
        asked_at, key = now + reminder_delay, question_key(pending)
        outbox.post(session, key, request.user_id, text, asked_at, incident_id=numbers[0], blocks=blocks)
    return text, blocks


def question_key(pending: PendingDeclaration) -> str:
    return f"declaration:{pending.number}:question"


def _likely_duplicates(session: Session, request: DeclareRequest) -> Sequence[Incident]:
    """Open incidents with a similar title that this person may see; none if the declared one is over."""
    if request.ended_at or incidents.by_key(session, request.key) is not None:
        return []
    titles = incidents.titles_since(session, request.at - DUPLICATES_WITHIN, request.user_id)
    similar_numbers = recognition.find_duplicates(request.title, titles)[:DUPLICATES_SHOWN]
    incidents_by_number = incidents.by_numbers(session, similar_numbers) if similar_numbers else {}
    return [incidents_by_number[number] for number in similar_numbers]


def check_may_be_declared(services: Services, request: DeclareRequest) -> None:
    """Refuse a declaration without a title, by a person who may not declare, or by one who declares too often."""
    if not rules.clean_title(request.title):
        raise TitleMissing()
    check_may_declare(services, request.user_id)
    services.get(PersonLimits).check_declaration(request.user_id, request.key, request.at)


def start_declaration(services: Services, request: DeclareRequest) -> None:
    """Persist the request; from here on it is completed whatever happens."""
    services.flows.start_once(request.key, declare, _private_if_playbook_says(services, request))


def _private_if_playbook_says(services: Services, request: DeclareRequest) -> DeclareRequest:
    """Make the request private if its playbook says so. Better too quiet for a minute than too loud."""
    is_private = services.get(Registry).ask(PRIVATE_BY_DEFAULT)(services, incident_of(request))
    return request.model_copy(update={"is_private": True}) if is_private else request


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
