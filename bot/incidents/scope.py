"""An incident's type, sites and partners: taken from the title when it is declared, changed later."""

from collections.abc import Collection, Sequence
from datetime import datetime
from difflib import get_close_matches

from bot.errors import WatchfloorError
from bot.incidents import invitations, recognition, rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import ScopeChanged
from bot.incidents.recognition import Scope
from bot.incidents.renaming import set_title
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.services import Services
from bot.slack.blocks import OPTIONS
from bot.slack.text import escape


class UnknownType(WatchfloorError):
    """`{given}` is not a type of incident here. Choose from {known}."""


def scope_in(services: Services, text: str) -> Scope:
    """The type, sites and partners of this floor named in a text."""
    floor = services.floor
    return recognition.recognise(text, floor.recognised_by, floor.sites, floor.partner_names)


def complete(services: Services, request: DeclareRequest, decided: Collection[str] = ()) -> DeclareRequest:
    """Return the request with its empty fields filled in from the title, except those that were `decided`."""
    recognised_scope = scope_in(services, request.title)
    recognised_values = {
        "type": recognised_scope.type,
        "sites": list(recognised_scope.sites),
        "partners": list(recognised_scope.partners),
    }
    filled_in = {
        name: value
        for name, value in recognised_values.items()
        if value and value != rules.OTHER and name not in decided and not getattr(request, name)
    }
    updated_fields = {"type": request.type or rules.OTHER} | filled_in | {"guessed": list(filled_in)}
    return request.model_copy(update=updated_fields)


def change_type(services: Services, number: int, typed_type: str, by: str, now: datetime) -> str:
    """Change the incident's type; a playbook that fits better is offered. Return the answer."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old_scope = scope_of(change.incident)
        new_scope = Scope(_read_type(services, typed_type), old_scope.sites, old_scope.partners)
        set_scope(change, new_scope)
    type_title = services.floor.types[new_scope.type]
    return " ".join([wording.TYPE_CHANGED.format(type_title=type_title), *change.answers])


def edit(services: Services, number: int, title: str, new_scope: Scope, by: str, now: datetime) -> None:
    """Change title, type, sites and partners; added partners are told as if declared with them."""
    if not title:
        raise rules.NewTitleMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old_scope, floor = scope_of(change.incident), services.floor
        sites = _with_hidden(new_scope.sites, old_scope.sites, floor.sites)
        partners = _with_hidden(new_scope.partners, old_scope.partners, floor.partner_names)
        set_title(change, title)
        set_scope(change, Scope(new_scope.type, sites, partners))


def _with_hidden(chosen: Sequence[str], old: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    """What was chosen, with what the incident keeps because the form does not show it.

    That is what `floor.yaml` no longer has, and what is beyond the number that a menu preselects.
    """
    beyond = [name for name in offered if name in old][OPTIONS:]
    return tuple(dict.fromkeys([*chosen, *beyond, *(name for name in old if name not in offered)]))


def scope_of(incident: Incident) -> Scope:
    """The incident's current type, sites and partners."""
    return Scope(incident.type, tuple(incident.sites), tuple(incident.partners))


def set_scope(change: Change, new_scope: Scope) -> None:
    """Set type, sites and partners within a transaction on the incident."""
    incident, old_scope = change.incident, scope_of(change.incident)
    if old_scope == new_scope:
        return
    incident.type, incident.sites, incident.partners = (
        new_scope.type,
        list(new_scope.sites),
        list(new_scope.partners),
    )
    _log(change, old_scope, new_scope)
    change.publish(ScopeChanged(old_scope, new_scope))
    if new_scope.type != old_scope.type:
        invited_before = change.services.floor.invited(incident.severity, old_scope.type)
        invitations.invite_added(
            change, invited_before, f"type:{change.number}:{change.now.isoformat()}:responders"
        )


def _log(change: Change, old_scope: Scope, new_scope: Scope) -> None:
    types = change.services.floor.types
    if new_scope.type != old_scope.type:
        change.log(
            "type", old=types.get(old_scope.type, old_scope.type), new=types.get(new_scope.type, new_scope.type)
        )
    if new_scope.sites != old_scope.sites:
        change.log("sites", new=", ".join(new_scope.sites) or "none")
    for kind, partners in (
        ("partner_added", [name for name in new_scope.partners if name not in old_scope.partners]),
        ("partner_removed", [name for name in old_scope.partners if name not in new_scope.partners]),
    ):
        for name in partners:
            change.log(kind, partner=name)


def _read_type(services: Services, typed_type: str) -> str:
    """Parse one of the floor's types from its name or title, as people write it."""
    types = {name: name for name in services.floor.types}
    types |= {title.casefold(): name for name, title in services.floor.types.items()}
    close_matches = get_close_matches(typed_type.strip().casefold().replace("-", "_"), types, n=1, cutoff=0.6)
    if not close_matches:
        raise UnknownType(given=escape(typed_type.strip()[:40]), known=", ".join(services.floor.types))
    return types[close_matches[0]]
