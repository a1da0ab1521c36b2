"""Filters typed text for outsiders: no names of colleagues or other partners, no guesses about the end."""

from collections.abc import Callable

from sqlmodel import Session

from bot import directory
from bot.incidents import redaction
from bot.runtime.templates import TemplateBroken
from bot.services import Services

# The phrases of each language are stored beside the templates of updates.
PHRASES = "stakeholder_update/_words"
DEFAULT_PHRASES = {
    "drill": "🧪 *This is a drill.* Nothing is broken.",
    "we": "our team",
    "partner": "a partner",
    "another_partner": "another partner",
    "partners": "several partners",
}


def update_phrases(services: Services, language: str) -> dict[str, str]:
    """Return the phrases that updates share in a language."""
    try:
        return DEFAULT_PHRASES | services.templates.phrases(PHRASES, language)
    except TemplateBroken:  # the defaults name nobody either
        return DEFAULT_PHRASES


def outside_filter(session: Session, services: Services, language: str, partner: str = "") -> Callable[[str], str]:
    """Return a filter that makes typed text fit for outsiders: without colleagues' names, guesses about the end, or
    names of partners other than the reader."""
    names = _Names(session, services, language, partner)
    return lambda text: names.hide_partners(redaction.redact(text, names.people, names.phrases["we"], names.places))


def outside_names_filter(
    session: Session, services: Services, language: str, partner: str = ""
) -> Callable[[str], str]:
    """Return a filter for text written and checked for outsiders: line by line, it replaces only names."""
    names = _Names(session, services, language, partner)
    return lambda text: "\n".join(names.hide_partners(names.hide_people(line)) for line in text.split("\n"))


def not_for_outsiders(session: Session, services: Services, text: str) -> list[str]:
    """The sentences that outsiders must not read, because they name a colleague or guess when it will be over."""
    names = _Names(session, services, services.floor.language, "")

    def is_safe(sentence: str) -> bool:
        is_nameless = names.hide_people(sentence) == " ".join(sentence.split())
        return is_nameless and redaction.is_safe_outside(sentence)

    return [sentence.strip() for sentence in redaction.SENTENCES.split(text) if not is_safe(sentence)]


class _Names:
    """The names that are hidden from outsiders, and their replacements."""

    def __init__(self, session: Session, services: Services, language: str, partner: str) -> None:
        self.people = directory.colleague_names(session)
        self.places = (*services.floor.sites, *services.floor.partner_names)
        self._other_partners = [name for name in services.floor.partner_names if name != partner]
        self.phrases = update_phrases(services, language)

    def hide_people(self, text: str) -> str:
        return redaction.hide_people(text, self.people, self.phrases["we"], self.places)

    def hide_partners(self, text: str) -> str:
        text = redaction.replace_partner_names(text, self._other_partners, self.phrases)
        return redaction.fix_grammar(text, self.phrases)
