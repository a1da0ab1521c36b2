"""Permissions, checked where the change happens."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from sqlmodel import Session

from bot import directory
from bot.directory.lookup import person_of
from bot.directory.rules import NotAllowed, NotForGuests
from bot.incidents import incidents
from bot.incidents.rules import is_permitted
from bot.services import Services

Permission = Literal[
    "declare", "lead", "steps", "close", "followups", "postmortem", "ledger", "cases", "lockouts", "changes"
]
PERMISSION_PHRASES = {
    "declare": "declare incidents",
    "lead": "change an incident",
    "steps": "work on playbook steps",
    "close": "resolve, close or reopen incidents",
    "followups": "add or change follow-ups",
    "postmortem": "assign, review or publish post-mortems",
    "ledger": "work on the ledger of credits and refunds",
    "lockouts": "see to lockouts",
    "changes": "work on planned changes",
    "cases": "decide about cases",
}


@contextmanager
def changing_as(services: Services, user_id: str, permission: Permission | None = None) -> Iterator[Session]:
    """A transaction in which a member of the workspace acts, who needs this permission if one is given."""
    check_member(services, user_id)
    with services.database.transaction() as session:
        if permission:
            check_permission(services, session, user_id, permission)
        yield session


@contextmanager
def reading_as(services: Services, user_id: str, permission: Permission | None = None) -> Iterator[Session]:
    """Likewise, for reading."""
    check_member(services, user_id)
    with services.database.reading() as session:
        if permission:
            check_permission(services, session, user_id, permission)
        yield session


def check_may(services: Services, user_id: str, permission: Permission) -> None:
    """Refuse a person without this permission, outside any transaction."""
    with reading_as(services, user_id, permission):
        pass


def check_member(services: Services, user_id: str) -> None:
    """Refuse guests, strangers and bots. Call it outside a transaction: it may have to ask Slack for the person."""
    if not person_of(services, user_id).may_act:
        raise NotForGuests()


def check_permission(
    services: Services, session: Session, user_id: str, permission: Permission, incident_id: int | None = None
) -> None:
    """Raise `NotAllowed` unless `floor.yaml` lets this person do it."""
    allowed_names: Sequence[str] = getattr(services.floor.permissions, permission)
    if "anyone" in allowed_names:
        return
    if not is_one_of(session, allowed_names, user_id, incident_id):
        names = ", ".join(name.replace("_", " ") for name in allowed_names)
        raise NotAllowed(who=names, what=PERMISSION_PHRASES[permission])


def is_one_of(session: Session, allowed_names: Sequence[str], user_id: str, incident_id: int | None = None) -> bool:
    """True if this person is one of those named: user ids, roles of the incident and `@groups`."""
    holders_by_role = incidents.roles(session, incident_id) if incident_id else {}
    roles = [role for role, holders in holders_by_role.items() if user_id in holders]
    groups = [
        name.removeprefix("@")
        for name in allowed_names
        if name.startswith("@") and user_id in (directory.group_members(session, name.removeprefix("@")) or [])
    ]
    return is_permitted(allowed_names, user_id, roles, groups)
