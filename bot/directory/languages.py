"""The language for writing to a person: their own if the bot speaks it, else the floor's."""

from sqlmodel import Session

from bot.directory import tables
from bot.services import Services

# The languages the bot speaks besides English, whatever the floor's language is.
SPOKEN = ("es",)


def language_of(session: Session, services: Services, reader_id: str) -> str:
    """The language of a person, by id; for a channel, the floor's."""
    person = tables.person(session, reader_id) if reader_id.startswith(("U", "W")) else None
    return person.language if person and person.language in SPOKEN else services.floor.language


def language_of_reader(services: Services, reader_id: str) -> str:
    """The same, outside a transaction."""
    with services.database.reading() as session:
        return language_of(session, services, reader_id)
