"""The guide written after an incident, for the incident's export."""

from sqlmodel import Session

from bot.cases import knowledge_tables
from bot.incidents.registry import Export, Naming, Rows


def _rows(session: Session, number: int, name: Naming) -> Rows:
    gap = knowledge_tables.of_incident(session, number)
    if gap is None:
        return []
    people = (name(gap.owner_id), name(gap.reviewer_id))
    return [(gap.title, gap.state, gap.version, *people, gap.noted_at, gap.published_at, gap.text)]


HEADER = ("guide", "state", "version", "owner", "reviewer", "noted at (UTC)", "published at (UTC)", "text")
GUIDES = Export("guides.csv", HEADER, _rows)
