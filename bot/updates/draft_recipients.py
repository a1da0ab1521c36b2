"""Drafts of updates, and who gets them: the approvers or the lead; a draft moves with the role and the members."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory
from bot.config.floor import ROLES
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.incidents.roles import readers_among
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import drafts, rules
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
            drafts.update_recipients(session, draft, change.now)


def _deciders_of(change: Change, draft: Draft) -> list[str]:
    """The users who decide about any part of it that is still open."""
    user_ids: dict[str, None] = {}
    for promise in drafts.promises_of(change.session, draft.number):
        if promise.state == WAITING:
            user_ids |= dict.fromkeys(deciders(change.session, change.services, change.incident, promise))
    return list(user_ids)


def post_due_drafts(services: Services, now: datetime) -> None:
    """Show the draft of every update that is due soon; those due together share one message."""
    with services.database.reading() as session:
        numbers = drafts.incidents_with_due(session, now)
    for number in numbers:
        with services.database.transaction() as session:
            incident = incidents.by_number_locked(session, number)
            if incident.channel_id is None:
                continue
            _post_drafts(session, services, incident, drafts.due(session, number, now), now)


def _post_drafts(
    session: Session, services: Services, incident: Incident, due_promises: Sequence[Promise], now: datetime
) -> None:
    number = incident.number
    promises_by_deciders: dict[tuple[str, ...], list[Promise]] = {}
    for promise in due_promises:
        user_ids = deciders(session, services, incident, promise)
        promises_by_deciders.setdefault(user_ids, []).append(promise)
    if _waits_for_lead(incident, promises_by_deciders.get((), ()), now):
        del promises_by_deciders[()]
    for user_ids, promises in promises_by_deciders.items():
        drafts.add_messages(session, drafts.add_draft(session, number, promises, user_ids, now), now)


def _waits_for_lead(incident: Incident, promises: Sequence[Promise], now: datetime) -> bool:
    """True, with the drafts put off a little, if there is no decider yet and roles are about to be taken."""
    if not promises:
        return False
    due_at = min(promise.due_at for promise in promises)
    shown_at = rules.draft_without_lead_due(incident.declared_at, due_at, now)
    if shown_at <= now:
        return False
    for promise in promises:
        promise.draft_at = shown_at
    return True
