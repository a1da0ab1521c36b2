"""Exports an incident's follow-ups with their owners and due days."""

from sqlmodel import Session

from bot.followups import tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = ("number", "what", "kind", "owner", "due on", "state", "finished at (UTC)", "finished by", "link")


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            follow_up.number,
            follow_up.text,
            follow_up.kind,
            name(follow_up.owner_id),
            follow_up.due_on.isoformat(),
            follow_up.state,
            follow_up.finished_at,
            name(follow_up.finished_by),
            follow_up.link,
        )
        for follow_up in tables.of_incident(session, number)
    ]


FOLLOW_UPS = Export("follow-ups.csv", HEADER, _rows)
