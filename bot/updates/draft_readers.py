"""Whom a draft is for: who approves it, or leads; when a role changes hands the draft goes along."""

from sqlmodel import Session

from bot.config.floor import ROLES
from bot.directory import tables as directory
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.services import Services
from bot.updates import draft_messages, drafts
from bot.updates.drafts import Draft
from bot.updates.tables import WAITING, Promise

MOST_APPROVERS = 10


def deciders(session: Session, services: Services, held: dict[str, list[str]], promise: Promise) -> tuple[str, ...]:
    """Who approves it, or who leads the communications, else the incident; nobody when nobody is named."""
    audience = services.floor.audiences.get(promise.audience)
    if promise.needs_approval and audience:
        for name in audience.approval:
            people = held.get(name, []) if name in ROLES else directory.members(session, name.removeprefix("@"))
            if people:
                return tuple(people[:MOST_APPROVERS])
    return tuple(held.get("communications_lead") or held.get("commander") or ())


def follow_roles(change: Change) -> None:
    """A role changed hands: each open draft is shown to who decides now; the copies of others say who has it."""
    session = change.session
    held = incidents.roles(session, change.number)
    for draft in drafts.open_of(session, change.number):
        readers = _readers(session, change.services, held, draft)
        if readers != draft.user_ids:
            drafts.hand_on(session, draft, readers)
            draft_messages.follow(session, draft, change.now)


def _readers(session: Session, services: Services, held: dict[str, list[str]], draft: Draft) -> list[str]:
    """Whoever decides about anything of it that is still open."""
    found: dict[str, None] = {}
    for promise in drafts.promises_of(session, draft.number):
        if promise.state == WAITING:
            found |= dict.fromkeys(deciders(session, services, held, promise))
    return list(found)
