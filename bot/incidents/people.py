"""Resolves a name in `floor.yaml` or a command to people: a role, a person, a group, or what nouns add."""

from collections.abc import Iterable, Sequence

from bot import directory
from bot.config.floor import ROLES
from bot.directory.lookup import person_of
from bot.incidents import incidents
from bot.incidents.registry import Registry
from bot.services import Services
from bot.slack.errors import SlackRefused


def people(services: Services, number: int, names: Iterable[str]) -> list[str]:
    """The ids of everyone named who may act: `@name`, `@group`, a user id, or a role of the incident."""
    user_ids: dict[str, None] = {}
    for name in names:
        user_ids |= dict.fromkeys(_resolve_name(services, number, name))
    return [user_id for user_id in user_ids if _may_act(services, user_id)]


def _resolve_name(services: Services, number: int, name: str) -> Sequence[str]:
    for resolve in services.get(Registry).people:
        user_ids = resolve(services, number, name)
        if user_ids is not None:
            return user_ids
    return []


def _may_act(services: Services, user_id: str) -> bool:
    try:
        return person_of(services, user_id).may_act
    except SlackRefused:  # an id unknown to Slack must not keep the others from being told
        return False


def holders_of_role(services: Services, number: int, name: str) -> Sequence[str] | None:
    """The holders of that role in the incident; None if it is not the name of a role."""
    if name not in ROLES:
        return None
    with services.database.reading() as session:
        return incidents.roles(session, number).get(name, [])


def person_or_group(services: Services, number: int, name: str) -> Sequence[str] | None:
    """A person by id or `@name`, or the members of a group by id or `@handle`; None if there is no such name."""
    if name.startswith(("U", "W")):
        return [name]
    handle = name.removeprefix("@")
    with services.database.reading() as session:
        user_id = directory.user_id_by_handle(session, handle)
        member_ids = directory.group_members(session, handle)
    return [user_id] if user_id else member_ids or _members_of_unlisted_group(services, name)


def _members_of_unlisted_group(services: Services, name: str) -> Sequence[str] | None:
    """The members of a group that `floor.yaml` does not mention."""
    try:
        groups = services.slack.groups()
    except SlackRefused:
        return None
    for group in groups:
        if name in (group["id"], f"@{group['handle']}"):
            return list(group.get("users") or [])
    return None
