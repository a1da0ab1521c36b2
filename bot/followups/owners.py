"""Chooses who finds a new owner for a follow-up that was given back or whose owner is gone."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import directory, outbox
from bot.followups import messages, tables
from bot.followups.tables import FollowUp
from bot.incidents import incidents, participants
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.timeline import timeline


def return_unowned(session: Session, follow_up: FollowUp) -> None:
    """Remove the owner; the person who added it, else the commander or the declarer, is to find another."""
    previous_owner, follow_up.owner_id = follow_up.owner_id, None
    follow_up.asked_id = _who_finds_an_owner(session, follow_up, previous_owner)


def _who_finds_an_owner(session: Session, follow_up: FollowUp, previous_owner: str | None) -> str | None:
    incident = incidents.by_number(session, follow_up.incident_id)
    candidates = [follow_up.added_by, incidents.commander(session, incident.number), incident.declared_by]
    gone_ids = directory.gone(session, [user_id for user_id in candidates if user_id])
    eligible = [
        user_id
        for user_id in candidates
        if user_id
        and user_id != previous_owner
        and user_id not in gone_ids
        and (not incident.is_private or participants.takes_part(session, incident.number, user_id))
    ]
    return next(iter(eligible), None)


def handle_reader_gone(session: Session, display: OutboxRow, now: datetime) -> None:
    """Take a follow-up back from a person unknown to Slack, and send them no more messages about it."""
    outbox.abandon(session, display)
    follow_up = tables.locked(session, int(display.subject.split(":")[0]))
    reader_id = messages.recipient(display)
    if follow_up.is_open and reader_id == follow_up.responsible_id:
        _take_back(session, follow_up, now)


def release_all(services: Services, user_id: str) -> None:
    """Take every open follow-up back from a person whose account is deactivated."""
    with services.database.transaction() as session:
        for number in tables.numbers_for(session, user_id):
            _take_back(session, tables.locked(session, number), utcnow())


def _take_back(session: Session, follow_up: FollowUp, now: datetime) -> None:
    """Take a follow-up back from a person who cannot be told any more, and ask somebody else for an owner."""
    previous = follow_up.responsible_id
    return_unowned(session, follow_up)
    if follow_up.asked_id == previous:
        follow_up.asked_id = None
    facts: dict[str, Any] = {"number": follow_up.number, "text": follow_up.text, "user": previous}
    timeline.append(session, follow_up.incident_id, "followup_ownerless", now, **facts)
    messages.notify_responsible(session, follow_up, now)
    session.flush()
    messages.mark_stale(session, follow_up)
