"""The recipients of a draft: its approvers or the lead; the draft moves with the role, and with the members of a
private incident's channel."""

from collections.abc import Sequence

from sqlmodel import Session

from bot import directory
from bot.config.floor import ROLES
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.roles import readers_among
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import draft_messages, drafts
from bot.updates.drafts import Draft
from bot.updates.tables import WAITING, Promise

MAX_APPROVERS = 10


def deciders(session: Session, services: Services, incident: Incident, promise: Promise) -> tuple[str, ...]:
    """The users who approve it; else the communications lead, else the commander; empty if there is none."""
    if promise.needs_approval and (user_ids := approvers(session, services, incident, promise)):
        return tuple(user_ids[:MAX_APPROVERS])
    roles = incidents.roles(session, incident.number)
    for role in ("communications_lead", "commander"):
        if user_ids := readers_among(session, incident, roles.get(role, [])):
            return tuple(user_ids)
    return ()


def approvers(session: Session, services: Services, incident: Incident, promise: Promise) -> Sequence[str]:
    """The users of the first role or group that approves it and has somebody who may read of the incident."""
    audience = services.floor.audiences.get(promise.audience)
    roles = incidents.roles(session, incident.number)
    for approver in audience.approval if audience else ():
        user_ids = (
            roles.get(approver, [])
            if approver in ROLES
            else directory.group_members(session, approver.removeprefix("@"))
        )
        if reader_ids := readers_among(session, incident, user_ids or ()):
            return reader_ids
    return ()


def reassign_drafts(change: Change) -> None:
    """Pass each open draft to the users who decide now; former recipients read who has it."""
    session = change.session
    for draft in drafts.open_of(session, change.number):
        decider_ids = _deciders_of(change, draft)
        if decider_ids != draft.user_ids:
            draft.user_ids = list(decider_ids)
            draft_messages.update_recipients(session, draft, change.now)


def _deciders_of(change: Change, draft: Draft) -> list[str]:
    """The users who decide about any part of it that is still open."""
    user_ids: dict[str, None] = {}
    for promise in drafts.promises_of(change.session, draft.number):
        if promise.state == WAITING:
            user_ids |= dict.fromkeys(deciders(change.session, change.services, change.incident, promise))
    return list(user_ids)
