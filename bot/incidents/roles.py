"""Roles: claimed, given, handed over, left. Who takes one gets its short help."""

from datetime import datetime

from bot.directory.lookup import person_of
from bot.directory.rules import NotForGuests
from bot.errors import WatchfloorError
from bot.incidents import rules
from bot.incidents import tables as incidents
from bot.incidents.bridge_rules import bridge_outside_channel
from bot.incidents.change import Change, changing
from bot.incidents.events import RoleChanged
from bot.incidents.invitations import invite_participant
from bot.outbox import tables as outbox
from bot.services import Services
from bot.slack.text import channel_link, mention


class RoleTaken(WatchfloorError):
    """{holder} is {role} already, and hands it over with `/incident handover {name} @you`.
    If they are gone, `/incident assign {name} @you` gives it to you."""


class NotYourRole(WatchfloorError):
    """You are not {role} of this incident, so there is nothing to {act}. `/incident claim {name}` takes it."""


class YoursAlready(WatchfloorError):
    """You are {role} already; name the person who takes it over."""


def claim(services: Services, number: int, role: str, by: str, now: datetime) -> str:
    """Take a role that is free."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        holders = incidents.roles(change.session, number).get(role, [])
        if by in holders:
            return f"You are {_role_title(services, role)} already."
        if holders and role != "responder":
            raise RoleTaken(holder=mention(holders[0]), role=_role_title(services, role), name=role)
        _assign(change, role, by)
        change.log("role_taken", user=by, role=_role_title(services, role))
    return f"You are {_role_title(services, role)} of incident {number}."


def assign(services: Services, number: int, role: str, to: str, by: str, now: datetime) -> str:
    """Give a role to a person, whoever holds it now."""
    if not person_of(services, to).may_act:
        raise NotForGuests()
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if to in incidents.roles(change.session, number).get(role, []):
            return f"{mention(to)} is {_role_title(services, role)} already."
        _assign(change, role, to)
        change.log("role_given", user=to, role=_role_title(services, role))
    return f"{mention(to)} is {_role_title(services, role)} of incident {number} now, and was told."


def pass_on(change: Change, role: str, to: str) -> None:
    """Hand a role that the person of the change holds to another one, at once."""
    by, number, session = change.by, change.number, change.session
    _check_holds(change, role, "hand over")
    if to == by:
        raise YoursAlready(role=_role_title(change.services, role))
    incidents.drop_role(session, number, role, by)
    incidents.drop_role(session, number, role, to)
    _assign(change, role, to)
    change.log("role_handed_over", user=to, role=_role_title(change.services, role))


def leave(services: Services, number: int, role: str, by: str, now: datetime) -> str:
    """Give a role back."""
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        _check_holds(change, role, "leave")
        incidents.drop_role(change.session, number, role, by)
        change.publish(RoleChanged(role, None))
        change.log("role_left", user=by, role=_role_title(services, role))
        remaining = incidents.roles(change.session, number).get(role, [])
    vacant = "" if remaining else " Nobody holds it until somebody claims it."
    return f"You are no longer {_role_title(services, role)}.{vacant}"


def _assign(change: Change, role: str, to: str) -> None:
    number, services, now = change.number, change.services, change.now
    incidents.give_role(change.session, number, role, to, now)
    change.publish(RoleChanged(role, to))
    where = channel_link(change.incident.channel_id or "")
    text = (
        f"You are *{_role_title(services, role)}* of incident {number} in {where}. {services.floor.role(role).help}"
    )
    if bridge := bridge_outside_channel(change.incident, services.floor):
        text += f"\n{bridge}"
    key = f"role:{number}:{role}:{to}:{now.isoformat()}"
    outbox.post(change.session, key, to, text, now, incident_id=number)
    invite_participant(change.session, number, to, now)


def _check_holds(change: Change, role: str, action: str) -> None:
    if change.by not in incidents.roles(change.session, change.number).get(role, []):
        raise NotYourRole(role=_role_title(change.services, role), name=role, act=action)


def _role_title(services: Services, role: str) -> str:
    return services.floor.role(role).title.lower()
