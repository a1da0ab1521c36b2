"""Rendering the escalation: the direct message of a page, and the message in the incident's channel."""

from sqlmodel import Session

from bot.escalation import tables, views
from bot.escalation.views import EscalationFacts
from bot.incidents import incidents
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.slack.blocks import Block


def render(session: Session, incident: Incident, display: OutboxRow, bridge: str) -> tuple[str, list[Block]]:
    """Render one of the escalation's messages in its current state."""
    facts = EscalationFacts(
        incident=incident,
        ladder=tables.ladder(session, incident.number),
        pages=tables.pages(session, incident.number),
        has_commander=incidents.commander(session, incident.number) is not None,
        now=utcnow(),
        bridge=bridge,
    )
    if display.kind == kinds.PAGE:
        return views.page_message(facts, tables.get(session, int(display.subject)))
    return views.channel_message(facts)


def recipient(session: Session, display: OutboxRow) -> str:
    """The user to whom a page is sent."""
    return tables.get(session, int(display.subject)).user_id
