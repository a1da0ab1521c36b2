"""Partners in the export of an incident: what each was told, when, and what it answered."""

from sqlmodel import Session

from bot.incidents.registry import Export, Naming, Rows
from bot.partners import tables

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
