"""What an escalation says to somebody who takes over: who was paged and has not come."""

from datetime import datetime

from sqlmodel import Session

from bot.escalation import tables
from bot.escalation.tables import Answer
from bot.escalation.views import ANSWER_TEXTS
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import mention, near_time


def people_awaited(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """A line for each person who was paged and is on the way, or has not answered."""
    awaited = (Answer.COMING, Answer.NONE, Answer.SILENT)
    return [
        f"{mention(page.user_id)}: {ANSWER_TEXTS[Answer(page.answer)]}, paged {near_time(page.told_at, now)}"
        for page in tables.pages(session, incident.number)
        if page.answer in awaited
    ]
