"""Pages in the export of an incident: who was paged, when and why, and what they answered."""

from sqlmodel import Session

from bot.escalation import tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = ("number", "who", "tier", "asked by", "reason", "told at (UTC)", "answer", "answered at (UTC)", "obstacle")


def _rows(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            page.number,
            name(page.user_id),
            None if page.tier is None else page.tier + 1,
            name(page.asked_by),
            page.reason,
            page.told_at,
            page.answer,
            page.answered_at,
            page.obstacle,
        )
        for page in tables.pages(session, number)
    ]


PAGES = Export("pages.csv", HEADER, _rows)
