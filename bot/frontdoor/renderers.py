"""The cards of caller messages and of routing faults, in the incident's channel."""

from bot.frontdoor import engagement_tables, engagement_views, tables, views
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind, Message
from bot.runtime.clock import utcnow


def _card(context: Context) -> Message:
    message = tables.get(context.session, int(context.row.subject))
    if message.incident_id != context.row.incident_id:
        return views.moved_card(message)
    return views.card(message, tables.wording_of(context.session, message), utcnow())


def _engagement(context: Context) -> Message:
    engagement = engagement_tables.get(context.session, int(context.row.subject))
    if engagement.incident_id != context.row.incident_id:
        return engagement_views.moved_card(engagement)
    return engagement_views.card(engagement, utcnow())


KINDS = (
    Kind(kinds.FRONT_DOOR, "show what callers hear", _card),
    Kind(kinds.ENGAGEMENT, "show what is asked of those who route calls", _engagement),
)
