"""What a handover says about escalation: people who were paged and have not come."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot import directory
from bot.escalation import tables
from bot.escalation.tables import Answer
from bot.escalation.views import ANSWER_TEXTS
from bot.incidents.handover_items import HandoverItem
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import mention, near_time


def people_awaited(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """A line for each person who was paged and either is on the way or has not answered."""
    awaited = (Answer.COMING, Answer.NONE, Answer.SILENT)
    last_pages = {page.user_id: page for page in tables.pages(session, incident.number)}
    return [
        f"{mention(page.user_id)}: {ANSWER_TEXTS[Answer(page.answer)]}, paged {near_time(page.told_at, now)}"
        for page in last_pages.values()
        if page.answer in awaited
    ]


def unanswered_pages(session: Session, services: Services, now: datetime) -> Sequence[HandoverItem]:
    """Everyone who was paged for an open incident and owes an answer."""
    pages = tables.unanswered(session)
    names = directory.display_names(session, {page.user_id for page, _ in pages})
    return [
        HandoverItem(
            key=f"page:{page.number}",
            title=f"{names.get(page.user_id, page.user_id)} has not answered a page for #{incident.number}",
            severity=incident.severity,
            situation=page.reason,
            channel_id=incident.channel_id or "",
            incident_id=incident.number,
        )
        for page, incident in pages
    ]
