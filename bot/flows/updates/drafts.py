"""Drafts of updates, shown a few minutes before they are due to whoever decides about them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.floor import ROLES
from bot.flows.displays import refresh_soon
from bot.flows.updates import draft_messages
from bot.incidents import tables as incidents
from bot.services import Services
from bot.updates import drafts
from bot.updates.tables import Promise

MOST_APPROVERS = 10


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
        deciders.setdefault(_deciders(session, services, held, promise), []).append(promise)
    for user_ids, promises in deciders.items():
        draft_messages.add(session, drafts.show(session, number, promises, user_ids, now), now)


def _deciders(
    session: Session, services: Services, held: dict[str, list[str]], promise: Promise
) -> tuple[str, ...]:
    """Who approves it, or who leads the communications, else the incident; nobody when nobody is named."""
    approval = services.floor.audiences[promise.audience].approval
    if promise.needs_approval and approval:
        for name in approval:
            people = held.get(name, []) if name in ROLES else directory.members(session, name.removeprefix("@"))
            if people:
                return tuple(people[:MOST_APPROVERS])
    return tuple(held.get("communications_lead") or held.get("commander") or ())
