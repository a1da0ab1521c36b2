"""Exports an incident's follow-ups with their owners and due days."""

from sqlmodel import Session

from bot.followups import tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = ("number", "what", "kind", "owner", "due on", "state", "finished at (UTC)", "finished by", "link")


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            one.number,
            one.text,
            one.kind,
            name(one.owner_id),
            one.due_on.isoformat(),
            one.state,
            one.finished_at,
            name(one.finished_by),
            one.link,
        )
        for one in tables.of_incident(session, number)
    ]


FOLLOW_UPS = Export("follow-ups.csv", HEADER, _rows)
