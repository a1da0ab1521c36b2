"""Drafts of updates, shown to their deciders a few minutes before the updates are due."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.services import Services
from bot.updates import draft_messages, draft_recipients, drafts, rules
from bot.updates.tables import Promise


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
        user_ids = draft_recipients.deciders(session, services, incident, promise)
        promises_by_deciders.setdefault(user_ids, []).append(promise)
    if _waits_for_lead(incident, promises_by_deciders.get((), ()), now):
        del promises_by_deciders[()]
    for user_ids, promises in promises_by_deciders.items():
        draft_messages.add(session, drafts.add_draft(session, number, promises, user_ids, now), now)


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
