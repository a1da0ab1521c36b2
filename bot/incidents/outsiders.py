"""What people typed, read for outsiders: without names of colleagues and other partners, or guesses of an end."""

from collections.abc import Callable

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import outside
from bot.runtime.templates import TemplateBroken
from bot.services import Services

# The phrases of each language stand beside the templates of updates.
PHRASES = "stakeholder_update/_words"
WORDS = {
    "we": "our team",
    "partner": "a partner",
    "another_partner": "another partner",
    "partners": "several partners",
}


def reader_outside(session: Session, services: Services, language: str, partner: str = "") -> Callable[[str], str]:
    """Reads what people typed as outsiders may: without colleagues' names, without guesses of an end, and without
    the names of partners but the one that reads."""
    people = directory.colleagues(session)
    known = (*services.floor.sites, *services.floor.partner_names)
    others = [name for name in services.floor.partner_names if name != partner]
    try:
        phrases = WORDS | services.templates.phrases(PHRASES, language)
    except TemplateBroken:  # a file that is broken names nobody either
        phrases = WORDS

    def read(words: str) -> str:
        told = outside.told_outside(words, people, phrases["we"], known)
        return outside.smoothed(outside.without(told, others, phrases), phrases)

    return read
