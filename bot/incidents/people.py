"""Resolves a name in `floor.yaml` or a command to people: a role, a person, a group, or what nouns add."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory
from bot.config.floor import ROLES
from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused

# For names of the floor that no incident is about; nobody holds its roles.
NO_INCIDENT = 0


def people(services: Services, number: int, names: Iterable[str]) -> list[str]:
    """The ids of everyone named who may act: `@name`, `@group`, a user id, or a role of the incident.

    Slack is asked about people and groups that are not known.
    """
    user_ids: dict[str, None] = {}
    for name in names:
        with services.database.reading() as session:
            named = resolve_name(session, services, number, name, utcnow())
        user_ids |= dict.fromkeys(_members_of_unlisted_group(services, name) if named is None else named)
    return [user_id for user_id in user_ids if _may_act(services, user_id)]


def known_people(
    session: Session, services: Services, number: int, names: Iterable[str], now: datetime
) -> list[str]:
    """The same without waiting for Slack, for use within a transaction: people who are not known are left out."""
    user_ids = [user_id for name in names for user_id in resolve_name(session, services, number, name, now) or ()]
    return [person.id for person in directory.people(session, user_ids) if person.may_act]


def resolve_name(
    session: Session, services: Services, number: int, name: str, now: datetime
) -> Sequence[str] | None:
    """The ids that the name stands for, whether they may act or not; empty if nobody is it now, None if there is no
    such name."""
    for resolve in services.get(Registry).people:
        user_ids = resolve(session, number, name, now)
        if user_ids is not None:
            return user_ids
    return None


def _may_act(services: Services, user_id: str) -> bool:
    try:
        return person_of(services, user_id).may_act
    except SlackRefused:  # an id unknown to Slack must not keep the others from being told
        return False


def holders_of_role(session: Session, number: int, name: str, now: datetime) -> Sequence[str] | None:
    """The holders of that role in the incident; None if it is not the name of a role."""
    return incidents.roles(session, number).get(name, []) if name in ROLES else None


def person_or_group(session: Session, number: int, name: str, now: datetime) -> Sequence[str] | None:
    """A person by id or `@name`, or the members of a group by `@handle`; None if there is no such name."""
    if name.startswith(("U", "W")):
        return [name]
    handle = name.removeprefix("@")
    user_id = directory.user_id_by_handle(session, handle)
    return [user_id] if user_id else directory.group_members(session, handle) or None


def _members_of_unlisted_group(services: Services, name: str) -> Sequence[str]:
    """The members of a group that `floor.yaml` does not mention; nobody if there is no such group."""
    try:
        groups = services.slack.groups()
    except SlackRefused:
        return []
    for group in groups:
        if name in (group["id"], f"@{group['handle']}"):
            return list(group.get("users") or [])
    return []
