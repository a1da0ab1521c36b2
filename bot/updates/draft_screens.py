"""The forms behind a draft's buttons, for users who may decide, while a decision is pending."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.incidents import audiences as known_audiences
from bot.incidents import situation_tables
from bot.incidents.access import visible_incident
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import to_plain_text
from bot.updates import draft_answers, forms, tables, variables
from bot.updates.composition import compose
from bot.updates.draft_answers import check_may_decide, check_still_waiting
from bot.updates.tables import Promise


def _waiting_promise(services: Services, promise_id: int, by: str) -> tuple[Promise, Incident]:
    with services.database.reading() as session:
        promise = tables.get(session, promise_id)
    incident = visible_incident(services, promise.incident_id, by)
    with services.database.reading() as session:
        check_may_decide(session, services, promise, by)
    check_still_waiting(promise)
    return promise, incident


def edit_form(services: Services, promise_id: int, by: str, now: datetime) -> Block:
    """The form to edit an update, prefilled with what its audience would read but for headline and next update."""
    promise, incident = _waiting_promise(services, promise_id, by)
    with services.database.reading() as session:
        body = compose(session, services, incident, promise, max(now, promise.due_at), part=variables.BODY)
        situation = situation_tables.current(session, incident.number)
    audience = services.floor.audiences[promise.audience]
    return forms.edit_form(promise, audience, to_plain_text(body, lambda user_id: None), situation.missing)


def postpone_form(services: Services, promise_id: int, by: str, now: datetime) -> Block:
    """The form to postpone an update, with the new time and the reason."""
    promise, _ = _waiting_promise(services, promise_id, by)
    return forms.postpone_form(promise, known_audiences.audience_title(services, promise.audience), now)


def postpone_by(services: Services, promise_id: int, minutes: int, reason: str, by: str, now: datetime) -> str:
    """Postpone an update by `minutes` from its due time, or from now if that has passed."""
    with services.database.reading() as session:
        due_at = tables.get(session, promise_id).due_at
    return draft_answers.postpone(
        services, promise_id, max(due_at, now) + timedelta(minutes=minutes), reason, by, now
    )


def cadence_form(services: Services) -> Callable[[Incident], Block]:
    """The builder of the form that sets how often each audience is told."""
    return lambda incident: forms.cadence_form(incident, known_audiences.audiences_of(services, incident))
