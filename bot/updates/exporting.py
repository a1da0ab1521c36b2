"""Updates in an incident's export: when each was due and sent, and its text."""

from sqlmodel import Session

from bot.incidents.registry import Export, Naming, Rows
from bot.updates import tables

HEADER = (
    "number",
    "audience",
    "due at (UTC)",
    "sent at (UTC)",
    "seconds late",
    "missed before",
    "occasion",
    "words",
)


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            promise.number,
            promise.audience,
            promise.due_at,
            promise.sent_at,
            int((promise.sent_at - promise.due_at).total_seconds()) if promise.sent_at else None,
            promise.missed,
            promise.occasion,
            promise.text,
        )
        for promise in tables.of_incident(session, number)
    ]


UPDATES = Export("updates.csv", HEADER, _rows)
