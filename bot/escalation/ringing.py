"""Handing pages to the pager through outbox rows, retried until accepted or an hour old."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot import directory, outbox
from bot.errors import TryLater
from bot.escalation import tables
from bot.escalation.pager import Pager, PagerRefused
from bot.escalation.tables import Answer, Page
from bot.incidents import incidents
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.timeline import timeline

GIVE_UP_AFTER = timedelta(hours=1)
ANSWERED = (Answer.COMING, Answer.CANNOT)


def hand_over(session: Session, page: Page, now: datetime) -> None:
    """Enqueue this page for the pager."""
    facts = {"subject": str(page.number), "priority": outbox.URGENT}
    outbox.enqueue(session, kinds.PAGER, f"ring:{page.key}", now, incident_id=page.incident_id, **facts)


def call(context: Context) -> Call:
    """The request to the pager, which recognises a repeated page by its key, so retries are safe."""
    page = tables.get(context.session, int(context.row.subject))
    payload = _pager_payload(context.session, page)
    return Call(
        context.row.key, lambda: _record_result(context.services, page, _ring(context.services, page, payload))
    )


def _ring(services: Services, page: Page, payload: dict[str, Any]) -> str:
    """Call the pager. Returns why it was given up, or an empty string."""
    now = utcnow()
    pager = services.find(Pager)
    if pager is None or page.answer in ANSWERED:
        return ""
    try:
        pager.ring(payload, page.key, now)
    except PagerRefused as refusal:
        return refusal.sentence
    except TryLater as error:
        if now - page.told_at < GIVE_UP_AFTER:
            raise
        return error.reason
    return ""


def _pager_payload(session: Session, page: Page) -> dict[str, Any]:
    incident = incidents.by_number(session, page.incident_id)
    payload = {
        "event": "page",
        "incident": incident.number,
        "severity": incident.severity,
        "person_id": page.user_id,
        "person": directory.display_names(session, [page.user_id]).get(page.user_id, ""),
        "tier": None if page.tier is None else page.tier + 1,
        "told_at": page.told_at.isoformat(),
    }
    # Text typed about a private incident never leaves its channel.
    return payload if incident.is_private else payload | {"title": incident.title, "reason": page.reason}


def _record_result(services: Services, page: Page, reason: str) -> None:
    with services.database.transaction() as session:
        tables.set_pager(session, page.number, tables.PAGER_FAILED if reason else tables.PAGER_CALLED)
        if reason:
            key, facts = f"pager:{page.number}", {"user": page.user_id, "reason": reason}
            timeline.append_once(session, page.incident_id, key, "pager_failed", utcnow(), **facts)
