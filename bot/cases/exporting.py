"""The guide written after an incident, for the incident's export."""

from sqlmodel import Session

from bot.cases import guide_draft_tables
from bot.incidents.registry import Export, Naming, Rows


def _rows(session: Session, number: int, name: Naming) -> Rows:
    draft = guide_draft_tables.of_incident(session, number)
    if draft is None:
        return []
    people = (name(draft.owner_id), name(draft.reviewer_id))
    return [(draft.title, draft.state, draft.version, *people, draft.noted_at, draft.published_at, draft.text)]


HEADER = ("guide", "state", "version", "owner", "reviewer", "noted at (UTC)", "published at (UTC)", "text")
GUIDES = Export("guides.csv", HEADER, _rows)
