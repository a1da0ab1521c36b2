"""Drafts of updates, shown a few minutes before they are due to whoever decides about them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.incidents import tables as incidents
from bot.outbox.refresh import refresh_soon
from bot.services import Services
from bot.updates import draft_messages, draft_readers, drafts
from bot.updates.tables import Promise


def show_due(services: Services, now: datetime) -> None:
    """Show the draft of every update that is due soon, what falls due together in one message."""
    with services.store.reading() as session:
        numbers = drafts.incidents_with_due(session, now)
    for number in numbers:
        with services.store.transaction() as session:
            incident = incidents.locked(session, number)
            if incident.channel_id is None:
                continue
            _show(session, services, number, drafts.due(session, number, now), now)
        refresh_soon(services, number)


def _show(session: Session, services: Services, number: int, due: Sequence[Promise], now: datetime) -> None:
    held = incidents.roles(session, number)
    deciders: dict[tuple[str, ...], list[Promise]] = {}
    for promise in due:
        deciders.setdefault(draft_readers.deciders(session, services, held, promise), []).append(promise)
    for user_ids, promises in deciders.items():
        draft_messages.add(session, drafts.show(session, number, promises, user_ids, now), now)
