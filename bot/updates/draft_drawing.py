"""Rendering a draft: each update as it would read if it were sent now, or its outcome."""

from sqlmodel import Session

from bot import directory
from bot.incidents import audiences as known_audiences
from bot.incidents import situation_tables
from bot.incidents.roles import readers_among
from bot.incidents.situation import FIELD_TITLES
from bot.incidents.tables import Incident
from bot.outbox.kinds import Context
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.text import channel_link, escape
from bot.updates import draft_messages, draft_views, drafts, scheduling
from bot.updates.composition import compose
from bot.updates.draft_views import Draft, IncidentHeading
from bot.updates.tables import WAITING, Promise


def render(context: Context) -> Message:
    session, services, incident, display = context.session, context.services, context.incident, context.row
    now = utcnow()
    draft = drafts.get(session, draft_messages.draft_of(display))
    promises = drafts.promises_of(session, draft.number)
    user_ids = {user_id for promise in promises for user_id in (promise.chosen_by, promise.approved_by) if user_id}
    names = directory.display_names(session, {*user_ids, *draft.user_ids})

    def name_of(user_id: str | None) -> str:
        return escape(names.get(user_id or "", "somebody"))

    reader_id = draft_messages.recipient(display, "")
    is_shown = not reader_id or bool(readers_among(session, incident, [reader_id]))
    missing_fields = situation_tables.current(session, incident.number).missing
    heading = IncidentHeading(
        incident.number,
        incident.title if is_shown else "(private)",
        channel_link(incident.channel_id or ""),
        tuple(FIELD_TITLES[field] for field in missing_fields),
    )
    open_promises = [promise for promise in promises if promise.state == WAITING]
    if open_promises and not draft_messages.is_for(display, draft):
        return draft_views.handed_over_message(
            heading, open_promises, [name_of(user_id) for user_id in draft.user_ids], now
        )
    drafts_shown = [_draft(session, services, incident, promise) for promise in promises]
    return draft_views.message(heading, drafts_shown, now, name_of)


def _draft(session: Session, services: Services, incident: Incident, promise: Promise) -> Draft:
    title = known_audiences.audience_title(services, promise.audience)
    if promise.audience not in services.floor.audiences or promise.state != WAITING:
        return Draft(title, "", promise)
    return Draft(
        title,
        known_audiences.describe_channels(services, incident, promise.audience),
        promise,
        preview(session, services, incident, promise),
    )


def preview(session: Session, services: Services, incident: Incident, promise: Promise) -> str:
    """The update as it would read if nothing happened until its due time."""
    composed_at = max(utcnow(), promise.due_at)
    next_update = scheduling.next_update(session, services, incident, promise, composed_at)
    promise_as_sent = promise.model_copy(update={"next_due_at": next_update[0] if next_update else None})
    return compose(session, services, incident, promise_as_sent, composed_at)
