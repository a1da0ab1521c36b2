"""The situation in the export of an incident: every version and translation, with its author and time."""

from sqlmodel import Session

from bot.incidents import situation_tables
from bot.incidents.registry import Export, Naming, Rows

HEADER = ("field", "text", "certainty", "language", "by", "at (UTC)")


def _rows(session: Session, number: int, name_of: Naming) -> Rows:
    return [
        (row.field, row.text, row.certainty, row.language, name_of(row.by), row.at)
        for row in situation_tables.all_rows(session, number)
    ]


SITUATION = Export("situation.csv", HEADER, _rows)
