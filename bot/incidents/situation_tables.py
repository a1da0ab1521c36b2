"""The versions of an incident's situation and their translations: each a row with its author and time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from bot.incidents.registry import Export, Naming, Rows
from bot.incidents.situation import NOTHING_RECORDED, RECORDED_FIELDS, Situation, SituationField, Value
from bot.incidents.tables import Incident
from bot.runtime.database import Row, utc_column

ORIGINAL = ""
# No row has a higher id.
NOW = 2**31 - 1
HEADER = ("field", "text", "certainty", "language", "by", "at (UTC)")


class SituationValue(Row, table=True):
    """A field as recorded, in the language in which it was typed (empty) or translated into another."""

    __tablename__ = "situation_values"
    __table_args__ = (sa.Index("ix_situation_values_field", "incident_id", "language", "field", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    field: str
    language: str = ORIGINAL
    text: str
    # For a translation: the text translated. The translation is valid while this is still the recorded text.
    original: str = ""
    certainty: str = ""
    by: str
    at: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def value(self) -> Value:
        """The row as plain data."""
        return Value(self.text, self.by, self.at, self.certainty)


_CURRENT_IDS = (
    sa.select(sa.func.max(col(SituationValue.id)))
    .where(
        col(SituationValue.incident_id) == sa.bindparam("number"),
        col(SituationValue.language) == sa.bindparam("language"),
        col(SituationValue.id) <= sa.bindparam("newest_id"),
    )
    .group_by(col(SituationValue.field))
)
_CURRENT = select(SituationValue).where(col(SituationValue.id).in_(_CURRENT_IDS))


def current(session: Session, number: int, newest_id: int = NOW) -> Situation:
    """The situation as recorded now, or as of the row `newest_id`."""
    values_by_field = {row.field: row.value for row in _rows(session, number, ORIGINAL, newest_id)}
    return Situation(**values_by_field) if values_by_field else NOTHING_RECORDED


def _rows(session: Session, number: int, language: str, newest_id: int) -> Iterable[SituationValue]:
    return session.exec(_CURRENT, params={"number": number, "language": language, "newest_id": newest_id})


def translations(session: Session, incident: Incident, language: str, newest_id: int = NOW) -> dict[str, str]:
    """The title and fields translated into a language, by field name; translations of texts that have since changed
    are left out."""
    situation = current(session, incident.number, newest_id)
    originals = {field: situation.text(field) for field in RECORDED_FIELDS} | {SituationField.TITLE: incident.title}
    return {
        row.field: row.text
        for row in _rows(session, incident.number, language, newest_id)
        if row.text and row.original == originals[SituationField(row.field)]
    }


def all_rows(session: Session, number: int) -> Sequence[SituationValue]:
    """Every version and translation, oldest first."""
    query = select(SituationValue).where(SituationValue.incident_id == number)
    return session.exec(query.order_by(col(SituationValue.id))).all()


def newest_id(session: Session, number: int) -> int:
    query = select(sa.func.max(SituationValue.id)).where(SituationValue.incident_id == number)
    return session.exec(query).one() or 0


def _version_rows(session: Session, number: int, name_of: Naming) -> Rows:
    return [
        (row.field, row.text, row.certainty, row.language, name_of(row.by), row.at)
        for row in all_rows(session, number)
    ]


SITUATION = Export("situation.csv", HEADER, _version_rows)
