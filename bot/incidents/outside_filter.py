"""What people typed, read for outsiders: without names of colleagues and other partners, or guesses of an end."""

from collections.abc import Callable

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import redaction
from bot.runtime.templates import TemplateBroken
from bot.services import Services

# The phrases of each language stand beside the templates of updates.
PHRASES = "stakeholder_update/_words"
DEFAULT_PHRASES = {
    "drill": "🧪 *This is a drill.* Nothing is broken.",
    "we": "our team",
    "partner": "a partner",
    "another_partner": "another partner",
    "partners": "several partners",
}


def update_phrases(services: Services, language: str) -> dict[str, str]:
    """The phrases that updates share in a language."""
    try:
        return DEFAULT_PHRASES | services.templates.phrases(PHRASES, language)
    except TemplateBroken:  # a file that is broken names nobody either
        return DEFAULT_PHRASES


def outside_filter(session: Session, services: Services, language: str, partner: str = "") -> Callable[[str], str]:
    """Reads what people typed as outsiders may: without colleagues' names, without guesses of an end, and without
    the names of partners but the one that reads."""
    people, phrases = directory.colleague_names(session), update_phrases(services, language)
    place_names = (*services.floor.sites, *services.floor.partner_names)
    others = [name for name in services.floor.partner_names if name != partner]

    def read(words: str) -> str:
        told = redaction.redact(words, people, phrases["we"], place_names)
        return redaction.fix_grammar(redaction.replace_partner_names(told, others, phrases), phrases)

    return read
