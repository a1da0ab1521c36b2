"""Drafts of updates, shown a few minutes before they are due to whoever decides about them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.incidents import incidents
from bot.services import Services
from bot.updates import draft_messages, draft_recipients, drafts
from bot.updates.tables import Promise


def post_due_drafts(services: Services, now: datetime) -> None:
    """Show the draft of every update that is due soon, what falls due together in one message."""
    with services.database.reading() as session:
        numbers = drafts.incidents_with_due(session, now)
    for number in numbers:
        with services.database.transaction() as session:
            incident = incidents.by_number_locked(session, number)
            if incident.channel_id is None:
                continue
            _post(session, services, number, drafts.due(session, number, now), now)


def _post(session: Session, services: Services, number: int, due: Sequence[Promise], now: datetime) -> None:
    roles = incidents.roles(session, number)
    deciders: dict[tuple[str, ...], list[Promise]] = {}
    for promise in due:
        deciders.setdefault(draft_recipients.deciders(session, services, roles, promise), []).append(promise)
    for user_ids, promises in deciders.items():
        draft_messages.add(session, drafts.add_draft(session, number, promises, user_ids, now), now)
