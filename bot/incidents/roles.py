"""Roles: claimed, assigned, handed over, left. A new holder gets a short guide to the role."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory, outbox
from bot.directory.lookup import person_of
from bot.directory.rules import GuestChosen, PersonGone
from bot.errors import WatchfloorError
from bot.incidents import incidents, participants, rules, wording
from bot.incidents.bridge_rules import bridge_outside_channel
from bot.incidents.change import Change, changing, changing_by_clock
from bot.incidents.events import RoleChanged
from bot.incidents.invitations import invite_participant
from bot.incidents.permissions import Permission, check_permission
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.text import channel_link, escape, mention


class RoleTaken(WatchfloorError):
    """{holder} is {role} already, and hands it over with `/incident handover {name} @you`.
    If they are gone, `/incident assign {name} @you` gives it to you."""


class NotYourRole(WatchfloorError):
    """You are not {role} of this incident, so there is nothing to {act}. `/incident claim {name}` takes it."""


class AlreadyYours(WatchfloorError):
    """You are {role} already; name the person who takes it over."""


def claim(services: Services, number: int, role: str, by: str, now: datetime) -> str:
    """Take a free role. Return the answer."""
    with changing(services, number, by, now, permission=None) as change:
        holders = incidents.roles(change.session, number).get(role, [])
        _check_may_claim(change, role, is_free=not holders)
        rules.check_may_change(number, change.incident.status)
        if by in holders:
            return wording.ROLE_YOURS_ALREADY.format(role=_role_title(services, role))
        if holders and role != "responder":
            raise RoleTaken(holder=mention(holders[0]), role=_role_title(services, role), name=role)
        _assign(change, role, by)
        change.log("role_taken", user=by, role=_role_title(services, role))
    return wording.ROLE_TAKEN.format(role=_role_title(services, role), number=number)


def _check_may_claim(change: Change, role: str, *, is_free: bool) -> None:
    """Require the permission to claim. People who may declare may claim a free leading role: else nobody could."""
    leads = role in change.services.floor.permissions.lead
    permission: Permission = "declare" if leads and is_free else "lead"
    check_permission(change.services, change.session, change.by, permission, change.number)


def assign(services: Services, number: int, role: str, to: str, by: str, now: datetime) -> str:
    """Give a role to a person, even if it is taken. Return the answer."""
    _check_assignable(services, to)
    with changing(services, number, by, now) as change:
        rules.check_may_change(number, change.incident.status)
        if to in incidents.roles(change.session, number).get(role, []):
            return wording.ROLE_THEIRS_ALREADY.format(person=mention(to), role=_role_title(services, role))
        _assign(change, role, to)
        change.log("role_given", user=to, role=_role_title(services, role))
    return wording.ROLE_ASSIGNED.format(person=mention(to), role=_role_title(services, role), number=number)


def pass_on(change: Change, role: str, to: str) -> None:
    """Hand a role held by the change's author to another person at once."""
    by, number, session = change.by, change.number, change.session
    _check_holds(change, role, "hand over")
    if to == by:
        raise AlreadyYours(role=_role_title(change.services, role))
    incidents.drop_role(session, number, role, by)
    incidents.drop_role(session, number, role, to)
    _assign(change, role, to)
    change.log("role_handed_over", user=to, role=_role_title(change.services, role))


def _check_assignable(services: Services, user_id: str) -> None:
    person = person_of(services, user_id)
    if person.is_gone:
        raise PersonGone(name=escape(person.name))
    if not person.may_act:
        raise GuestChosen()


def leave(services: Services, number: int, role: str, by: str, now: datetime) -> str:
    """Give a role up. Return the answer."""
    # Its holder needs no other permission.
    with changing(services, number, by, now, permission=None) as change:
        rules.check_may_change(number, change.incident.status)
        _check_holds(change, role, "leave")
        incidents.drop_role(change.session, number, role, by)
        change.publish(RoleChanged(role, None))
        change.log("role_left", user=by, role=_role_title(services, role))
        remaining_holders = incidents.roles(change.session, number).get(role, [])
    vacant = "" if remaining_holders else wording.ROLE_VACANT
    return wording.ROLE_LEFT.format(role=_role_title(services, role), vacant=vacant)


def release_all(services: Services, user_id: str) -> None:
    """Free the roles of a person whose account is deactivated, and ask in the channels who takes them."""
    with services.database.reading() as session:
        held_roles = incidents.roles_of(session, user_id)
        name = directory.display_names(session, [user_id]).get(user_id, user_id)
    for number in dict.fromkeys(number for number, _ in held_roles):
        _release(
            services, number, user_id, name, [role for held_number, role in held_roles if held_number == number]
        )


def _release(services: Services, number: int, user_id: str, name: str, roles: Sequence[str]) -> None:
    now = utcnow()
    with changing_by_clock(services, number, now) as change:
        dropped_roles = [role for role in roles if incidents.drop_role(change.session, number, role, user_id)]
        for role in dropped_roles:
            change.publish(RoleChanged(role, None))
            change.log("role_left", user=user_id, role=_role_title(services, role))
        if not dropped_roles:
            return
        change.mark_stale()
        titles = " and ".join(_role_title(services, role) for role in dropped_roles)
        text = wording.ACCOUNT_GONE.format(name=escape(name), roles=titles)
        channel_id, key = change.incident.channel_id, f"gone:{number}:{user_id}:{now.isoformat()}"
        if channel_id:
            outbox.post(change.session, key, channel_id, text, now, incident_id=number)


def lead_of(session: Session, incident: Incident) -> str:
    """The id of the person to tell what an incident needs: its commander, else its declarer, else a role holder.

    The id of its channel if all of them are gone, or left the channel of a private incident, or if the bot declared
    it for an alert.
    """
    holders_by_role = incidents.roles(session, incident.number)
    commanders = holders_by_role.pop("commander", [])
    candidates = [
        *commanders,
        incident.declared_by,
        *(user_id for holders in holders_by_role.values() for user_id in holders),
    ]
    absent_ids = {person.id for person in directory.people(session, candidates) if person.is_gone or person.is_bot}
    present_ids = readers_among(session, incident, [user_id for user_id in candidates if user_id not in absent_ids])
    return present_ids[0] if present_ids else incident.channel_id or incident.declared_by


def readers_among(session: Session, incident: Incident, user_ids: Sequence[str]) -> list[str]:
    """Those of these people who may read of the incident: of a private one, only the people in its channel."""
    if not incident.is_private:
        return list(user_ids)
    return [user_id for user_id in user_ids if participants.takes_part(session, incident.number, user_id)]


def _assign(change: Change, role: str, to: str) -> None:
    number, services, now = change.number, change.services, change.now
    incidents.give_role(change.session, number, role, to, now)
    change.publish(RoleChanged(role, to))
    channel = channel_link(change.incident.channel_id or "")
    text = wording.ROLE_GIVEN.format(
        role=_role_title(services, role), number=number, channel=channel, duties=services.floor.role(role).help
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
