"""Export of handovers for a spreadsheet."""

from sqlmodel import Session

from bot.handovers import tables
from bot.incidents.registry import Export, Naming, Rows


def _rows(session: Session, number: int, name_of: Naming) -> Rows:
    return [
        (
            handover.kind,
            handover.item,
            name_of(handover.from_id),
            name_of(handover.to_id),
            handover.state,
            handover.offered_at,
            handover.reminded_at,
            handover.escalated_at,
            handover.decided_at,
            handover.note,
            handover.question,
        )
        for handover in tables.of_incident(session, number)
    ]


HEADER = (
    *("kind", "item", "from", "to", "state", "offered_at", "reminded_at", "escalated_at", "decided_at"),
    *("note", "question"),
)
HANDOVERS = Export("handovers.csv", HEADER, _rows)
