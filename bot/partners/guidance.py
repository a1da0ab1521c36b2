"""What partners' agents say and do meanwhile: written by the communications lead, once for each language."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Session, select

from bot.incidents.outside_filter import outside_filter, outside_names_filter
from bot.runtime.database import Row, utc_column
from bot.services import Services


class GuidanceField(StrEnum):
    """What a notice says to agents besides what is affected."""

    AGENTS_SAY = "agents_say"
    AGENTS_DO_NOT_SAY = "agents_do_not_say"
    WORKAROUND = "workaround"
    RELIEF = "relief"


class PartnerGuidance(Row, table=True):
    """An incident's guidance in one language. Fields that nobody has written are empty and left out."""

    __tablename__ = "partner_guidance"
    __table_args__ = (sa.UniqueConstraint("incident_id", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incidents.id")
    language: str
    agents_say: str = ""
    agents_do_not_say: str = ""
    workaround: str = ""
    relief: str = ""
    written_by: str = ""
    written_at: datetime = Field(sa_column=utc_column(nullable=False))

    @property
    def texts(self) -> dict[GuidanceField, str]:
        """Each field as written."""
        return {field: str(getattr(self, field)) for field in GuidanceField}


def outside_reading(
    session: Session, services: Services, language: str, partner: str = ""
) -> Callable[[GuidanceField, str], str]:
    """Return a filter for guidance shown to a partner, which removes the names of colleagues and other partners.

    What customers hear also loses guesses about the end; a workaround or relief from targets may name a time.
    """
    without_guesses = outside_filter(session, services, language, partner)
    without_names = outside_names_filter(session, services, language, partner)
    return lambda field, text: (without_guesses if field == GuidanceField.AGENTS_SAY else without_names)(text)


def of_incident(session: Session, number: int) -> dict[str, PartnerGuidance]:
    """An incident's guidance by language."""
    rows = session.exec(select(PartnerGuidance).where(PartnerGuidance.incident_id == number))
    return {row.language: row for row in rows}


def texts_in(session: Session, number: int, language: str) -> dict[GuidanceField, str]:
    """An incident's guidance in one language; empty texts where nothing was written."""
    row = session.exec(
        select(PartnerGuidance).where(PartnerGuidance.incident_id == number, PartnerGuidance.language == language)
    ).first()
    return row.texts if row else dict.fromkeys(GuidanceField, "")


def languages_without_guidance(session: Session, number: int, languages: Collection[str]) -> list[str]:
    written_languages = {
        language for language, row in of_incident(session, number).items() if any(row.texts.values())
    }
    return [language for language in languages if language not in written_languages]


def save(
    session: Session, number: int, language: str, texts: Mapping[GuidanceField, str], by: str, now: datetime
) -> bool:
    """Save the guidance in one language; False if nothing changed. The incident must be locked."""
    row = of_incident(session, number).get(language)
    row = row or PartnerGuidance(incident_id=number, language=language, written_at=now)
    if row.texts == dict(texts):
        return False
    for field, text in texts.items():
        setattr(row, str(field), text)
    row.written_by, row.written_at = by, now
    session.add(row)
    return True
