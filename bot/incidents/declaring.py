"""Declaring: the form, the one-liner, and the question before an incident is opened that may be open already.

What was declared is kept before it is acknowledged: as a flow that opens the incident, or as a pending declaration
whose buttons work until the person has decided.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.errors import WatchfloorError
from bot.incidents import duplicate_views, forms, invitations, pending_declarations, recognition, rules, scope
from bot.incidents import tables as incidents
from bot.incidents.drills import drill_title
from bot.incidents.facts import PRIVATE_BY_DEFAULT
from bot.incidents.limits import PersonLimits
from bot.incidents.pending_declarations import Decision, PendingDeclaration
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.recognition import Declaration, Scope
from bot.incidents.registry import Registry
from bot.incidents.responses import Response
from bot.incidents.rules import TitleMissing
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest, declare, incident_of
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.kinds import Call, Context
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import channel_link, one_line
from bot.timeline import tables as timeline

DEFAULT_SEVERITY = "S2"
DUPLICATES_WITHIN = timedelta(hours=12)
DUPLICATES_SHOWN = 3
# A question that nobody answers is asked again by direct message: the first one may have been overlooked or lost.
ASKED_AGAIN_AFTER = timedelta(minutes=2)


class DrillTitleMissing(WatchfloorError):
    """Please say what is practised, such as `/incident drill S1 IVR down in Manila`."""


def open_declare_form(
    services: Services,
    trigger_id: str,
    user_id: str,
    *,
    severity: str = "",
    recognised: Scope = forms.NOTHING_RECOGNISED,
    description: str = "",
    private_metadata: str = "",
) -> None:
    """Open the form, for who may declare. It comes before anything slow: the trigger lives three seconds."""
    check_may_declare(services, user_id)
    view = forms.declare_form(
        services.floor,
        severity=severity or DEFAULT_SEVERITY,
        scope=recognised,
        description=description,
        private_metadata=private_metadata,
    )
    services.slack.open_view(trigger_id, view)


def check_may_declare(services: Services, user_id: str) -> None:
    """Refuse who may not declare incidents here."""
    check_member(services, user_id)
    with services.database.reading() as session:
        check_permission(services, session, user_id, "declare")


def declare_from_command(
    services: Services, trigger_id: str, user_id: str, declaration: Declaration, reply_to: str
) -> Response:
    """Declare at once from what was typed, unless that may be open already. Gives back what to answer meanwhile."""
    request = DeclareRequest(
        key=f"declare:{trigger_id}",
        user_id=user_id,
        title=declaration.title,
        severity=declaration.severity or DEFAULT_SEVERITY,
        at=utcnow(),
        reply_to=reply_to,
    )
    question = declare_unless_open(services, scope.complete(services, request), ASKED_AGAIN_AFTER)
    if question:
        return question
    severity_note = "" if declaration.severity else f" It is {DEFAULT_SEVERITY} until you change it."
    return f"{opening(declaration.title)}{severity_note}"


def drill_from_command(
    services: Services, trigger_id: str, user_id: str, declaration: Declaration, reply_to: str
) -> Response:
    """Open a drill at once, which is marked everywhere. Gives back what to answer meanwhile."""
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
    """What is said while the incident is being opened."""
    return f"Opening an incident for “{one_line(title, 200)}”…"


def declare_unless_open(
    services: Services, request: DeclareRequest, asked_again_after: timedelta = timedelta()
) -> duplicate_views.Message | None:
    """Start the declaration, or keep it and give back the question whether it is one that is open already.

    The same question comes by direct message after a while, unless it was answered by then.
    """
    check_may_be_declared(services, request)
    with services.database.reading() as session:
        duplicates = _likely_duplicates(session, request)
    if not duplicates:
        start_declaration(services, request)
        return None
    now = request.at
    with services.database.transaction() as session:
        held = request.model_dump(mode="json")
        numbers = [incident.number for incident in duplicates]
        pending = pending_declarations.hold(session, request.key, request.user_id, held, numbers, now)
        text, blocks = duplicate_views.question(pending.number, duplicates)
        asked_at, key = now + asked_again_after, _question_key(pending)
        outbox.post(session, key, request.user_id, text, asked_at, incident_id=numbers[0], blocks=blocks)
    return text, blocks


def _question_key(pending: PendingDeclaration) -> str:
    return f"declaration:{pending.number}:question"


def _likely_duplicates(session: Session, request: DeclareRequest) -> Sequence[Incident]:
    """Open incidents that this person may see and that sound the same; none for what is over."""
    if request.ended_at or incidents.by_key(session, request.key) is not None:
        return []
    candidates = incidents.open_since(session, request.at - DUPLICATES_WITHIN, request.user_id)
    by_number = {incident.number: incident for incident in candidates}
    titles = [(number, incident.title) for number, incident in by_number.items()]
    return [by_number[number] for number in recognition.find_duplicates(request.title, titles)[:DUPLICATES_SHOWN]]


def check_may_be_declared(services: Services, request: DeclareRequest) -> None:
    """Refuse a declaration without a title, who may not declare, and who does so too often."""
    if not rules.clean_title(request.title):
        raise TitleMissing()
    check_may_declare(services, request.user_id)
    services.get(PersonLimits).check_declaration(request.user_id, request.key, request.at)


def start_declaration(services: Services, request: DeclareRequest) -> None:
    """Persist the wish; from here on it is finished whatever happens."""
    services.flows.start_once(request.key, declare, _private_if_playbook_says(services, request))


def _private_if_playbook_says(services: Services, request: DeclareRequest) -> DeclareRequest:
    """Some outages are private by default: their playbook says so. Better too quiet for a minute than too loud."""
    is_private = services.get(Registry).ask(PRIVATE_BY_DEFAULT)(services, incident_of(request))
    return request.model_copy(update={"is_private": True}) if is_private else request


def open_another(services: Services, pending_id: int, by: str, reply_to: str, now: datetime) -> str:
    """It is another one: the incident is opened. Gives back what to answer."""
    check_may_declare(services, by)
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING:
            return _decided(session, pending)
        request = DeclareRequest.model_validate(pending.request)
        request = request.model_copy(update={"at": now, "reply_to": reply_to})
        # The request stays in the row until the flow is started.
        pending.state, pending.request = Decision.OPENED, request.model_dump(mode="json")
        session.add(pending)
        payload, priority = {"pending_id": pending.number}, outbox.FIRST
        key = f"declaration:{pending.number}:open"
        outbox.enqueue(session, kinds.DECLARATION, key, now, payload=payload, priority=priority)
        outbox.supersede(session, _question_key(pending))
    return opening(request.title)


def call(context: Context) -> Call:
    """The start of a declaration that was decided: its flow is started once, however often this is repeated."""
    services, row = context.services, context.row
    pending_id = int((row.payload or {})["pending_id"])
    return Call(row.key, lambda: _start_decided(services, pending_id))


def _start_decided(services: Services, pending_id: int) -> None:
    with services.database.reading() as session:
        pending = pending_declarations.find(session, pending_id)
    if pending is None or not pending.request:
        return
    start_declaration(services, DeclareRequest.model_validate(pending.request))
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, pending.user_id)
        pending.request = {}
        session.add(pending)


def join_duplicate(services: Services, pending_id: int, number: int, by: str, reply_to: str, now: datetime) -> str:
    """It is the one that is open: the person is invited, and what they said goes on its record."""
    check_member(services, by)
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING or number not in pending.duplicates:
            return _decided(session, pending)
        incident = incidents.by_number_locked(session, number)
        incidents.check_visible(session, incident, by)
        reported = DeclareRequest.model_validate(pending.request)
        text = ": ".join(part for part in (reported.title, reported.description) if part)
        timeline.append(session, number, "reported_again", now, by, text=text)
        _end(session, pending, Decision.JOINED)
        key = f"declaration:{pending.number}:join"
        invitations.invite(session, number, key, now, [by], reply_to=reply_to)
    where = channel_link(incident.channel_id or "")
    return f"Nothing new was opened. What you reported is on the record of {where}."


def cancel(services: Services, pending_id: int, by: str) -> str:
    """Nothing is opened."""
    with services.database.transaction() as session:
        pending = pending_declarations.locked(session, pending_id, by)
        if pending.state != Decision.WAITING:
            return _decided(session, pending)
        _end(session, pending, Decision.CANCELLED)
    return "Cancelled. Nothing was opened."


def _end(session: Session, pending: PendingDeclaration, decision: Decision) -> None:
    pending.state, pending.request = decision, {}
    session.add(pending)
    outbox.supersede(session, _question_key(pending))


def _decided(session: Session, pending: PendingDeclaration) -> str:
    """What became of a declaration that somebody decided before."""
    if pending.state == Decision.OPENED:
        incident = incidents.by_key(session, pending.key)
        where = channel_link(incident.channel_id) if incident and incident.channel_id else "being opened"
        return f"You have answered this already: the incident is {where}."
    what = "you joined the other incident" if pending.state == Decision.JOINED else "you cancelled it"
    return f"You have answered this already: {what}."
