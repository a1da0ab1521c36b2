"""What follows when nobody says anything: people on the way are asked to take command, and silence is recorded."""

from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.escalation import ladder, paging, tables
from bot.escalation.paging import Occasion, Recipient
from bot.escalation.rules import ANSWER_WITHIN
from bot.escalation.tables import Page
from bot.incidents import incidents
from bot.incidents.drills import may_page
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.services import Services
from bot.timeline import timeline

REASON = "you are on the way, and nobody leads yet"


def ask_to_take_command(services: Services, now: datetime) -> None:
    """Ask people who have been on the way for a while to take command, as nobody leads yet."""
    with services.database.reading() as session:
        numbers = dict.fromkeys(page.incident_id for page in tables.due_arrivals(session, now))
    for number in numbers:
        with services.database.transaction() as session:
            _ask(session, services, incidents.by_number_locked(session, number), now)


def _ask(session: Session, services: Services, incident: Incident, now: datetime) -> None:
    # Read again under the lock: another replica may have asked.
    due_pages = [
        page for page in tables.pages(session, incident.number) if page.arrive_by and page.arrive_by <= now
    ]
    for page in due_pages:
        page.arrive_by = None
    session.flush()
    if not due_pages or not may_page(services, incident):
        return
    recipients = [Recipient(user_id=user_id) for user_id in dict.fromkeys(page.user_id for page in due_pages)]
    key = f"{tables.ARRIVAL}{now.isoformat()}"
    occasion = Occasion(key=key, reason=REASON, answer_by=now + ANSWER_WITHIN)
    paging.page_people(session, services, incident, recipients, occasion)
    ladder.mark_stale(session, incident.number)


def record_silences(services: Services, now: datetime) -> None:
    """Record people who did not answer in time as silent; they may still answer."""
    with services.database.reading() as session:
        overdue = [(page.incident_id, page.number) for page in tables.overdue_answers(session, now)]
    for number, page_id in overdue:
        with services.database.transaction() as session:
            incident = incidents.by_number_locked(session, number)
            if page := tables.mark_silent(session, page_id, now):
                timeline.append(session, number, "page_unanswered", now, user=page.user_id)
                if page.asks_to_lead:
                    _go_on_without(session, incident, page, now)
                outbox.mark_stale(session, number, (kinds.LADDER,))


def _go_on_without(session: Session, incident: Incident, page: Page, now: datetime) -> None:
    """Page the next tier, as the person on the way neither took command nor answered."""
    tables.lapse(session, incident.number, page.user_id)
    if incident.status in OPEN and not tables.is_awaited(session, incident.number):
        ladder.advance(session, incident.number, now)
    ladder.mark_stale(session, incident.number)
