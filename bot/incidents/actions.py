"""What people do with an incident: declare it, change its severity, describe its impact. One transaction
each; what follows is called by the event."""

from datetime import datetime

from bot.incidents import forms, rules, scope
from bot.incidents.change import Change, changing
from bot.incidents.events import ImpactChanged, SeverityChanged
from bot.incidents.facts import PRIVATE_BY_DEFAULT
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.recognition import Declaration, Scope
from bot.incidents.registry import Registry
from bot.incidents.rules import TitleMissing
from bot.incidents.workflows import DeclareRequest, declare, incident_of
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import one_line

DEFAULT_SEVERITY = "S2"


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
) -> str:
    """Declare at once from what was typed. Gives back what to answer meanwhile."""
    request = DeclareRequest(
        key=f"declare:{trigger_id}",
        user_id=user_id,
        title=declaration.title,
        severity=declaration.severity or DEFAULT_SEVERITY,
        at=utcnow(),
        reply_to=reply_to,
    )
    start_declaration(services, scope.complete(services, request))
    severity_note = "" if declaration.severity else f" It is {DEFAULT_SEVERITY} until you change it."
    return f"Opening an incident for “{one_line(declaration.title, 200)}”…{severity_note}"


def start_declaration(services: Services, request: DeclareRequest) -> None:
    """Persist the wish; from here on it is finished whatever happens."""
    if not rules.clean_title(request.title):
        raise TitleMissing()
    check_may_declare(services, request.user_id)
    services.flows.start_once(request.key, declare, _private_if_playbook_says(services, request))


def _private_if_playbook_says(services: Services, request: DeclareRequest) -> DeclareRequest:
    """Some outages are private by default: their playbook says so. Better too quiet for a minute than too loud."""
    is_private = services.get(Registry).ask(PRIVATE_BY_DEFAULT)(services, incident_of(request))
    return request.model_copy(update={"is_private": True}) if is_private else request


def change_severity(services: Services, number: int, severity: str, reason: str, by: str, now: datetime) -> str:
    """Change the severity; the promised updates move to its rhythm. Gives back what to answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old = change.incident.severity
        if old == severity:
            return f"It is {severity} already; nothing was changed."
        set_severity(change, severity, reason)
    return f"The severity is {severity} now, it was {old}. Updates follow its rhythm."


def set_severity(change: Change, severity: str, reason: str) -> None:
    """The same within a transaction on the incident."""
    old, change.incident.severity = change.incident.severity, severity
    change.log("severity", old=old, new=severity, reason=reason or "no reason given")
    change.publish(SeverityChanged(old, severity))


def describe_impact(services: Services, number: int, impact_text: str, by: str, now: datetime) -> str:
    """Say who feels what; it stands on the card and in every update. Gives back what to answer."""
    if not impact_text:
        raise rules.ImpactMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if change.incident.impact != impact_text:
            change.incident.impact = impact_text
            change.session.add(change.incident)
            change.log("impact", text=impact_text)
            change.publish(ImpactChanged())
    return "The impact stands on the card and in the next update."
