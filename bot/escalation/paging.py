"""Paging people: who they are, whether they can be told, and the message to each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlmodel import Session

from bot import outbox
from bot.errors import TryLater
from bot.escalation import pager, tables
from bot.escalation.tables import Answer, Page
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.errors import SlackRefused
from bot.timeline import timeline


class Recipient(BaseModel):
    """A person to page, and what stands in the way."""

    user_id: str
    obstacle: str = ""


class Occasion(BaseModel):
    """Why people are paged. `key` is the tier or the command; nobody is paged twice for the same one."""

    key: str
    reason: str
    tier: int | None = None
    asked_by: str | None = None
    answer_by: datetime | None = None


def with_obstacles(services: Services, user_ids: Iterable[str]) -> list[Recipient]:
    """The recipients with a note on those who are away or in Do Not Disturb; empty when Slack does not say."""
    now = utcnow()
    return [Recipient(user_id=user_id, obstacle=_obstacle(services, user_id, now)) for user_id in user_ids]


def _obstacle(services: Services, user_id: str, now: datetime) -> str:
    try:
        if services.slack.is_away(user_id):
            return "away"
        return "in Do Not Disturb" if services.slack.is_in_do_not_disturb(user_id, now) else ""
    except (SlackRefused, TryLater):
        return ""


def page_people(
    session: Session, services: Services, incident: Incident, recipients: Sequence[Recipient], occasion: Occasion
) -> int:
    """Page each person once for this occasion, passing over those who cannot be told. Returns the number paged."""
    now = utcnow()
    paged_count = 0
    for recipient in recipients:
        passed_over = bool(recipient.obstacle) and occasion.asked_by is None
        page = tables.add_page(
            session, _page(services, incident, recipient, occasion, now, passed_over=passed_over)
        )
        if page is None:
            continue
        _log_page(session, page, now)
        if not passed_over:
            outbox.add(session, kinds.PAGE, incident.number, now, str(page.number))
            if page.pager == tables.PAGER_WAITING:
                pager.hand_to_pager(session, page, now)
            paged_count += 1
    if outbox.find(session, incident.number, kinds.LADDER) is None:
        outbox.add(session, kinds.LADDER, incident.number, now)
    return paged_count


def _page(
    services: Services,
    incident: Incident,
    recipient: Recipient,
    occasion: Occasion,
    now: datetime,
    *,
    passed_over: bool,
) -> Page:
    return Page(
        incident_id=incident.number,
        occasion=occasion.key,
        user_id=recipient.user_id,
        tier=occasion.tier,
        asked_by=occasion.asked_by,
        reason=occasion.reason,
        told_at=now,
        answer=Answer.PASSED_OVER if passed_over else Answer.NONE,
        answer_by=None if passed_over else occasion.answer_by,
        obstacle=recipient.obstacle,
        pager=tables.PAGER_WAITING if services.floor.pager and not passed_over else None,
    )


def _log_page(session: Session, page: Page, now: datetime) -> None:
    if page.answer == Answer.PASSED_OVER:
        timeline.append(session, page.incident_id, "page_passed_over", now, user=page.user_id, reason=page.obstacle)
    else:
        timeline.append(
            session, page.incident_id, "paged", now, page.asked_by, user=page.user_id, reason=page.reason
        )
