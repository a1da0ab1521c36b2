"""The forms behind a draft's buttons, for who may decide and while there is something to decide."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.incidents import audiences as known_audiences
from bot.incidents.access import visible_incident as visible_incident
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block
from bot.updates import draft_answers, forms, tables
from bot.updates.draft_answers import check_still_waiting
from bot.updates.news import news_since
from bot.updates.tables import Choice, Promise


def _waiting_promise(services: Services, promise_id: int, by: str) -> tuple[Promise, Incident]:
    with services.database.reading() as session:
        promise = tables.get(session, promise_id)
    incident = visible_incident(services, promise.incident_id, by, "lead")
    check_still_waiting(promise)
    return promise, incident


def edit_form(services: Services, promise_id: int, by: str) -> Block:
    """What is new, as it would be told, to go on writing from."""
    promise, incident = _waiting_promise(services, promise_id, by)
    text = promise.words
    if promise.choice != Choice.EDITED and not text:
        with services.database.reading() as session:
            last_update = tables.last_sent(session, incident.number, promise.audience)
            since = last_update.sent_at if last_update and last_update.sent_at else incident.declared_at
            text = news_since(session, incident, since)
    return forms.edit_form(promise, known_audiences.audience_title(services, promise.audience), text, utcnow())


def postpone_form(services: Services, promise_id: int, by: str) -> Block:
    """When it shall come instead, and why."""
    promise, _ = _waiting_promise(services, promise_id, by)
    return forms.postpone_form(promise, known_audiences.audience_title(services, promise.audience), utcnow())


def postpone_by(services: Services, promise_id: int, minutes: int, reason: str, by: str, now: datetime) -> str:
    """So many minutes after its minute, or from now when that has passed."""
    with services.database.reading() as session:
        due_at = tables.get(session, promise_id).due_at
    return draft_answers.postpone(
        services, promise_id, max(due_at, now) + timedelta(minutes=minutes), reason, by, now
    )


def cadence_form(services: Services) -> Callable[[Incident], Block]:
    """How often each audience is told."""
    return lambda incident: forms.cadence_form(incident, known_audiences.audiences_of(services, incident))
