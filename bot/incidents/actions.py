"""What people do with an incident: declare it, change its severity or type, describe its impact. One transaction
each; what follows is called by the event."""

from datetime import datetime
from difflib import get_close_matches

from bot.errors import WatchfloorError
from bot.incidents import forms, rules
from bot.incidents.change import Change, changing
from bot.incidents.events import ImpactChanged, SeverityChanged, TypeChanged
from bot.incidents.facts import PRIVATE_BY_DEFAULT
from bot.incidents.limits import PersonLimits
from bot.incidents.permissions import check_member, check_permission
from bot.incidents.registry import Registry
from bot.incidents.rules import Declaration, TitleMissing
from bot.incidents.workflows import DeclareRequest, declare, incident_of
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import escape, one_line

DEFAULT_SEVERITY = "S2"


class UnknownType(WatchfloorError):
    """`{given}` is not a type of incident on this floor. There are {known}."""


def open_declare_form(
    services: Services,
    trigger_id: str,
    user_id: str,
    *,
    severity: str = "",
    description: str = "",
    private_metadata: str = "",
) -> None:
    """Open the form, for who may declare. It comes before anything slow: the trigger lives three seconds."""
    check_may_declare(services, user_id)
    view = forms.declare_form(
        services.floor,
        severity=severity or DEFAULT_SEVERITY,
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
        type=rules.recognise_type(declaration.title, services.floor.recognised_by),
        sites=rules.places_in_title(declaration.title, services.floor.sites),
        partners=rules.places_in_title(declaration.title, services.floor.partner_names),
        at=utcnow(),
        reply_to=reply_to,
    )
    start_declaration(services, request)
    severity_note = "" if declaration.severity else f" It is {DEFAULT_SEVERITY} until you change it."
    return f"Opening an incident for “{one_line(declaration.title, 200)}”…{severity_note}"


def start_declaration(services: Services, request: DeclareRequest) -> None:
    """Persist the wish; from here on it is finished whatever happens."""
    if not rules.clean_title(request.title):
        raise TitleMissing()
    check_may_declare(services, request.user_id)
    services.get(PersonLimits).check_declaration(request.user_id, request.key, request.at)
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


def change_type(services: Services, number: int, kind: str, by: str, now: datetime) -> str:
    """Say what the incident is about; a playbook that fits better is offered. Gives back what to answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old, change.incident.type = change.incident.type, read_type(services, kind)
        change.session.add(change.incident)
        title = services.floor.types[change.incident.type]
        change.log("type", old=services.floor.types.get(old, old), new=title)
        change.publish(TypeChanged(old, change.incident.type))
    return f"It is about {title} now."


def read_type(services: Services, typed: str) -> str:
    """One of the floor's types from its name or title, as people write it."""
    types = {name: name for name in services.floor.types}
    types |= {title.casefold(): name for name, title in services.floor.types.items()}
    nearest = get_close_matches(typed.strip().casefold().replace("-", "_"), types, n=1, cutoff=0.6)
    if not nearest:
        raise UnknownType(given=escape(typed.strip()[:40]) or "nothing", known=", ".join(services.floor.types))
    return types[nearest[0]]


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
