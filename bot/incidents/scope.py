"""An incident's type, sites and partners: taken from the title when it is declared, changed later."""

from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches

from bot.errors import WatchfloorError
from bot.incidents import recognition, rules, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import ScopeChanged
from bot.incidents.recognition import Scope
from bot.incidents.renaming import set_title
from bot.incidents.tables import Incident
from bot.incidents.workflows import DeclareRequest
from bot.services import Services
from bot.slack.text import escape


class UnknownType(WatchfloorError):
    """`{given}` is not a type of incident here. Choose from {known}."""


def scope_in(services: Services, text: str) -> Scope:
    """The type, sites and partners of this floor named in a text."""
    floor = services.floor
    return recognition.recognise(text, floor.recognised_by, floor.sites, floor.partner_names)


def complete(services: Services, request: DeclareRequest, decided: Collection[str] = ()) -> DeclareRequest:
    """Return the request with its empty fields filled in from the title, except those that were `decided`."""
    recognised = scope_in(services, request.title)
    guesses = {"type": recognised.type, "sites": list(recognised.sites), "partners": list(recognised.partners)}
    guessed = {
        name: value
        for name, value in guesses.items()
        if value and value != rules.OTHER and name not in decided and not getattr(request, name)
    }
    completed = {"type": request.type or rules.OTHER} | guessed | {"guessed": list(guessed)}
    return request.model_copy(update=completed)


def change_type(services: Services, number: int, typed: str, by: str, now: datetime) -> str:
    """Change the incident's type; a playbook that fits better is offered. Return the answer to show."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old = scope_of(change.incident)
        new = Scope(_read_type(services, typed), old.sites, old.partners)
        set_scope(change, new)
    return wording.about(services.floor.types[new.type])


def edit(services: Services, number: int, title: str, new: Scope, by: str, now: datetime) -> str:
    """Change title, type, sites and partners; added partners are told as if declared with them."""
    if not title:
        raise rules.NewTitleMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        old, floor = scope_of(change.incident), services.floor
        # The form does not offer what `floor.yaml` no longer has, so the incident keeps it.
        sites = (*new.sites, *(site for site in old.sites if site not in floor.sites))
        partners = (*new.partners, *(name for name in old.partners if name not in floor.partner_names))
        set_title(change, title)
        set_scope(change, Scope(new.type, sites, partners))
    return "Saved."


def scope_of(incident: Incident) -> Scope:
    """The incident's current type, sites and partners."""
    return Scope(incident.type, tuple(incident.sites), tuple(incident.partners))


def set_scope(change: Change, new: Scope) -> None:
    """Set type, sites and partners within a transaction on the incident."""
    incident, old = change.incident, scope_of(change.incident)
    if old == new:
        return
    incident.type, incident.sites, incident.partners = new.type, list(new.sites), list(new.partners)
    change.session.add(incident)
    _log(change, old, new)
    change.publish(ScopeChanged(old, new))


def _log(change: Change, old: Scope, new: Scope) -> None:
    types = change.services.floor.types
    if new.type != old.type:
        change.log("type", old=types.get(old.type, old.type), new=types.get(new.type, new.type))
    if new.sites != old.sites:
        change.log("sites", new=", ".join(new.sites) or "none")
    for kind, partners in (
        ("partner_added", [name for name in new.partners if name not in old.partners]),
        ("partner_removed", [name for name in old.partners if name not in new.partners]),
    ):
        for name in partners:
            change.log(kind, partner=name)


def _read_type(services: Services, typed: str) -> str:
    """Parse one of the floor's types from its name or title, as people write it."""
    types = {name: name for name in services.floor.types}
    types |= {title.casefold(): name for name, title in services.floor.types.items()}
    nearest = get_close_matches(typed.strip().casefold().replace("-", "_"), types, n=1, cutoff=0.6)
    if not nearest:
        raise UnknownType(given=escape(typed.strip()[:40]) or "nothing", known=", ".join(services.floor.types))
    return types[nearest[0]]
