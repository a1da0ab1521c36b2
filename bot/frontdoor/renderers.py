"""The cards of caller messages and of routing faults, in the incident's channel."""

from bot.frontdoor import tables, views
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message


def _card(context: Context) -> Message:
    message = tables.get(context.session, int(context.row.subject))
    if message.incident_id != context.row.incident_id:
        return views.moved_card(message)
    return views.card(message, tables.wording_of(context.session, message), utcnow())


def _fault(context: Context) -> Message:
    fault = tables.get_fault(context.session, int(context.row.subject))
    if fault.incident_id != context.row.incident_id:
        return views.moved_fault_card(fault)
    return views.fault_card(fault, utcnow())


KINDS = (
    Kind(kinds.FRONT_DOOR, "show what callers hear", _card),
    Kind(kinds.ROUTING_FAULT, "show what is asked of those who route calls", _fault),
)
