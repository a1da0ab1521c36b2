"""What people typed, read for outsiders: without names of colleagues and other partners, or guesses of an end."""

from collections.abc import Callable

from sqlmodel import Session

from bot import directory
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
    names = _Names(session, services, language, partner)
    return lambda text: names.hide_partners(redaction.redact(text, names.people, names.phrases["we"], names.places))


def outside_names_filter(
    session: Session, services: Services, language: str, partner: str = ""
) -> Callable[[str], str]:
    """Reads what somebody wrote for outsiders and had checked: line by line, names alone are written otherwise."""
    names = _Names(session, services, language, partner)
    return lambda text: "\n".join(names.hide_partners(names.hide_people(line)) for line in text.split("\n"))


def not_for_outsiders(session: Session, services: Services, text: str) -> list[str]:
    """The sentences that outsiders must not read, since they name a colleague or guess when it will be over."""
    names = _Names(session, services, services.floor.language, "")

    def is_safe(sentence: str) -> bool:
        is_nameless = names.hide_people(sentence) == " ".join(sentence.split())
        return is_nameless and redaction.is_safe_outside(sentence)

    return [sentence.strip() for sentence in redaction.SENTENCES.split(text) if not is_safe(sentence)]


class _Names:
    """The names that outsiders do not read, and what is written for them."""

    def __init__(self, session: Session, services: Services, language: str, partner: str) -> None:
        self.people = directory.colleague_names(session)
        self.places = (*services.floor.sites, *services.floor.partner_names)
        self._others = [name for name in services.floor.partner_names if name != partner]
        self.phrases = update_phrases(services, language)

    def hide_people(self, text: str) -> str:
        return redaction.hide_people(text, self.people, self.phrases["we"], self.places)

    def hide_partners(self, text: str) -> str:
        text = redaction.replace_partner_names(text, self._others, self.phrases)
        return redaction.fix_grammar(text, self.phrases)
