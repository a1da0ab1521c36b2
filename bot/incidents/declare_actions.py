"""From the wish to declare to a durable declaration: the form, the words, the check that a person may."""

from bot.incidents import forms, rules
from bot.incidents.declare_workflow import DeclareRequest, declare
from bot.incidents.permissions import check, check_member
from bot.incidents.rules import Declaration, TitleMissing
from bot.playbooks.rules import IncidentFacts, pick
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
    description: str = "",
    memory: str = "",
) -> None:
    """Open the form, for who may declare. It comes before anything slow: the trigger lives three seconds."""
    check_may_declare(services, user_id)
    view = forms.declare_form(
        services.floor, severity=severity or DEFAULT_SEVERITY, description=description, memory=memory
    )
    services.slack.open_view(trigger_id, view)


def check_may_declare(services: Services, user_id: str) -> None:
    """Refuse who may not declare incidents here."""
    check_member(services, user_id)
    with services.store.reading() as session:
        check(services, session, user_id, "declare")


def declare_by_words(services: Services, trigger_id: str, user_id: str, wanted: Declaration, reply_to: str) -> str:
    """Declare at once from what was typed. Gives back what to answer meanwhile."""
    request = DeclareRequest(
        key=f"declare:{trigger_id}",
        user_id=user_id,
        title=wanted.title,
        severity=wanted.severity or DEFAULT_SEVERITY,
        type=rules.recognise(wanted.title, services.floor.recognised_by),
        sites=rules.mentioned(wanted.title, services.floor.sites),
        partners=rules.mentioned(wanted.title, services.floor.partner_names),
        at=utcnow(),
        reply_to=reply_to,
    )
    start(services, request)
    unsure = "" if wanted.severity else f" It is {DEFAULT_SEVERITY} until you change it."
    return f"Opening an incident for “{one_line(wanted.title, 200)}”…{unsure}"


def start(services: Services, request: DeclareRequest) -> None:
    """Persist the wish; from here on it is finished whatever happens."""
    if not rules.clean_title(request.title):
        raise TitleMissing()
    check_may_declare(services, request.user_id)
    services.flows.start_once(request.key, declare, _kept_private(services, request))


def _kept_private(services: Services, request: DeclareRequest) -> DeclareRequest:
    """Some outages are private by default: their playbook says so. Better too quiet for a minute than too loud."""
    facts = IncidentFacts(
        severity=request.severity,
        type=request.type,
        sites=tuple(request.sites),
        partners=tuple(request.partners),
        started_at=request.at,
    )
    known = services.shelf.library.playbooks
    name = pick(known, facts)
    if name is None or not known[name].private:
        return request
    return request.model_copy(update={"is_private": True})
