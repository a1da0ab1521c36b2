"""What others ask of partners: who has not answered, and a file for the export of an incident."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.incidents.registry import Export, Naming, Rows
from bot.incidents.tables import Incident
from bot.partners import tables, wording
from bot.partners.rules import State
from bot.services import Services
from bot.slack.text import escape, near_time

HEADER = (
    "partner",
    "state",
    "told at (UTC)",
    "severity told",
    "answer",
    "answered at (UTC)",
    "by",
    "agents affected",
)


def partners_awaited(session: Session, services: Services, incident: Incident, now: datetime) -> list[str]:
    """A line for each partner whose answer is awaited, or who must be phoned or told."""
    lines = []
    for notice in tables.of_incident(session, incident.number):
        name = escape(notice.partner)
        if notice.is_silent and notice.told_at:
            lines.append(f"{name}: an answer to the notice of {near_time(notice.told_at, now)}")
        elif notice.state == State.UNREACHABLE:
            lines.append(f"{name}: a phone call, the notice could not be sent")
        elif label := notice.call_owed(incident.status):
            lines.append(f"{name}: a phone call{wording.PURPOSES_OF_CALLS[label]}")
        elif notice.state == State.WAITING and notice.due_at:
            lines.append(f"{name}: its notice, {near_time(notice.due_at, now)}")
    return lines


def partners_untold(session: Session, incident: Incident) -> Sequence[str]:
    """The incident's partners to which no notice has gone."""
    return [
        notice.partner
        for notice in tables.of_incident(session, incident.number)
        if notice.partner in incident.partners and notice.told_at is None and not notice.is_being_sent
    ]


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            notice.partner,
            notice.state,
            notice.told_at,
            notice.told_severity,
            notice.answer,
            notice.answered_at,
            name(notice.answered_by),
            notice.agents,
        )
        for notice in tables.of_incident(session, number)
    ]


PARTNERS = Export("partners.csv", HEADER, _rows)
