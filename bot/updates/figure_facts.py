"""Figures of an update: the contact centre's, and credits and refunds; already escaped."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.incidents.facts import FIGURE_SENTENCES, MONEY
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, joined, shorten
from bot.updates import variables


def figure_facts(
    session: Session, services: Services, incident: Incident, language: str, since: datetime | None
) -> dict[str, Any]:
    """The cost of the incident, compensation, and the state of the queues if that has changed since the last update
    or the incident is over."""
    sentences = services.get(Registry).ask(FIGURE_SENTENCES)(session, incident.number, language)
    # The sum of all queues, then each queue, the worst first.
    queue_texts = [line.removeprefix("• ").rstrip(".") for line in sentences.operations.split("\n") if line]
    is_new = since is None or (sentences.changed_at is not None and sentences.changed_at > since)
    is_told = is_new or incident.status not in OPEN
    money_rows = services.get(Registry).ask(MONEY)(session, incident.number, language)
    return {
        "figures": shorten(sentences.executives.rstrip("."), variables.LINE),
        "queue_figures": joined(queue_texts, variables.LINE) if is_told else "",
        "money": [
            {"cohort": escape(row.cohort), "eligible": row.eligible, "issued": row.issued}
            for row in money_rows[: variables.LISTED]
        ],
    }
