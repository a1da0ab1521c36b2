"""Outbox kinds of an escalation: the direct message of a page, its call to the pager, the channel's message."""

from bot.escalation import ladder_tables, pager, tables, views
from bot.escalation.views import EscalationFacts
from bot.incidents import incidents
from bot.incidents.bridge_rules import bridge_outside_channel
from bot.outbox import kinds
from bot.outbox.kinds import Context, Kind
from bot.runtime.clock import utcnow
from bot.slack.blocks import Message


def _render(context: Context) -> Message:
    """Render one of the escalation's messages in its current state."""
    session, incident, display = context.session, context.incident, context.row
    facts = EscalationFacts(
        incident=incident,
        ladder=ladder_tables.ladder(session, incident.number),
        pages=tables.pages(session, incident.number),
        has_commander=incidents.commander(session, incident.number) is not None,
        now=utcnow(),
        bridge=bridge_outside_channel(incident, context.services.floor),
    )
    if display.kind == kinds.PAGE:
        return views.page_message(facts, tables.get(session, int(display.subject)))
    return views.channel_message(facts)


def _recipient(context: Context) -> str:
    """The user to whom a page is sent."""
    return tables.get(context.session, int(context.row.subject)).user_id


KINDS = (
    Kind(kinds.PAGE, "tell somebody that they are needed", _render, _recipient),
    Kind(kinds.PAGER, "", pager.call_pager, kinds.no_channel),
    Kind(kinds.LADDER, "keep the escalation's message up to date", _render),
)
