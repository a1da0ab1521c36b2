"""Handing pages to the pager: each once, again and again until it takes it or an hour has passed."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from bot.directory import tables as directory
from bot.errors import TryLater
from bot.escalation import tables
from bot.escalation.pager import Pager, PagerRefused
from bot.escalation.tables import Answer, Page
from bot.incidents import tables as incidents
from bot.runtime.clock import utcnow
from bot.runtime.workflows import flow, step
from bot.services import Services
from bot.timeline import tables as timeline

WORTH_IT_FOR = timedelta(hours=1)
SETTLED = (Answer.COMING, Answer.CANNOT)


class RingRequest(BaseModel):
    """Which page to hand over."""

    page_id: int


@flow
def ring(services: Services, request: RingRequest) -> None:
    """Hand one page to the pager."""
    reason = hand_over(services, request.page_id)
    settle(services, request.page_id, reason)


@step
def hand_over(services: Services, page_id: int) -> str:
    """The call itself; gives back why it was given up, or nothing."""
    now = utcnow()
    with services.store.reading() as session:
        page = tables.get(session, page_id)
        told = _told(session, page)
    pager = services.find(Pager)
    if pager is None or page.answer in SETTLED:
        return ""
    try:
        pager.ring(told, page.key, now)
    except PagerRefused as refused:
        return refused.sentence
    except TryLater as wait:
        if now - page.told_at < WORTH_IT_FOR:
            raise
        return wait.reason
    return ""


def _told(session: Session, page: Page) -> dict[str, Any]:
    incident = incidents.by_number(session, page.incident_id)
    told = {
        "event": "page",
        "incident": incident.number,
        "severity": incident.severity,
        "person_id": page.user_id,
        "person": directory.names(session, [page.user_id]).get(page.user_id, ""),
        "tier": None if page.tier is None else page.tier + 1,
        "told_at": page.told_at.isoformat(),
    }
    # Nothing that was typed about a private incident leaves its channel.
    return told if incident.is_private else told | {"title": incident.title, "reason": page.reason}


@step
def settle(services: Services, page_id: int, reason: str) -> None:
    """Write down how it went."""
    with services.store.transaction() as session:
        page = tables.get(session, page_id)
        tables.set_pager(session, page_id, tables.NOT_RUNG if reason else tables.RUNG)
        if reason:
            key, facts = f"pager:{page_id}", {"user": page.user_id, "reason": reason}
            timeline.append_once(session, page.incident_id, key, "pager_failed", utcnow(), **facts)


def start_waiting(services: Services, now: datetime) -> None:
    """Start a flow for every page that the pager has not heard of; its key makes it once, whoever ticks."""
    with services.store.reading() as session:
        waiting = [(page.number, page.key) for page in tables.to_ring(session)]
    for page_id, key in waiting:
        services.flows.start_once(f"ring:{key}", ring, RingRequest(page_id=page_id))
        with services.store.transaction() as session:
            tables.hold_for_pager(session, page_id)
