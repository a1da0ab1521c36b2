"""The recipients of a draft: its approvers or the lead; the draft moves with the role."""

from sqlmodel import Session

from bot import directory
from bot.config.floor import ROLES
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.services import Services
from bot.updates import draft_messages, drafts
from bot.updates.drafts import Draft
from bot.updates.tables import WAITING, Promise

MAX_APPROVERS = 10


def deciders(
    session: Session, services: Services, roles: dict[str, list[str]], promise: Promise
) -> tuple[str, ...]:
    """The users who approve it; else the communications lead, else the commander; empty if there is none."""
    audience = services.floor.audiences.get(promise.audience)
    if promise.needs_approval and audience:
        for approver in audience.approval:
            user_ids = (
                roles.get(approver, [])
                if approver in ROLES
                else directory.group_members(session, approver.removeprefix("@"))
            )
            if user_ids:
                return tuple(user_ids[:MAX_APPROVERS])
    return tuple(roles.get("communications_lead") or roles.get("commander") or ())


def reassign_drafts(change: Change) -> None:
    """Pass each open draft to the users who decide after a role change; former recipients read who has it."""
    session = change.session
    roles = incidents.roles(session, change.number)
    for draft in drafts.open_of(session, change.number):
        decider_ids = _deciders_of(session, change.services, roles, draft)
        if decider_ids != draft.user_ids:
            drafts.reassign(session, draft, decider_ids)
            draft_messages.update_recipients(session, draft, change.now)


def _deciders_of(session: Session, services: Services, roles: dict[str, list[str]], draft: Draft) -> list[str]:
    """The users who decide about any part of it that is still open."""
    user_ids: dict[str, None] = {}
    for promise in drafts.promises_of(session, draft.number):
        if promise.state == WAITING:
            user_ids |= dict.fromkeys(deciders(session, services, roles, promise))
    return list(user_ids)
