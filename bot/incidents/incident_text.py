"""An incident's texts in one language: its title, type, sites and situation."""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot.incidents import situation_tables
from bot.incidents.outside_filter import PHRASES, outside_filter
from bot.incidents.situation import RECORDED_FIELDS, Situation, SituationField
from bot.incidents.tables import Incident
from bot.runtime.templates import TemplateBroken
from bot.services import Services

NOT_TRANSLATED = "not_translated"
DEFAULT_MARK = "(not translated)"
# A text without a translation may still have been typed in the reader's language; these words give it away.
COMMON_WORDS = {"es": re.compile(r"\b(?:al|de|del|el|en|la|las|los|por|y)\b", re.IGNORECASE)}


class IncidentText(Struct, frozen=True):
    """The texts in one language, plain and unescaped; untranslated ones are marked. Names of partners are the same
    in every language."""

    title: str
    type: str
    sites: tuple[str, ...]
    impact: str = ""
    cause: str = ""
    actions: str = ""
    needs: str = ""
    # The fields without a translation, which are in the floor's language.
    untranslated: frozenset[str] = frozenset()


def incident_text(
    session: Session, services: Services, incident: Incident, situation: Situation, language: str
) -> IncidentText:
    """Return the texts that an audience of this language reads."""
    floor = services.floor
    type_title = floor.types.get(incident.type, incident.type)
    if language == floor.language:
        originals: dict[str, Any] = {field.value: situation.text(field) for field in RECORDED_FIELDS}
        return IncidentText(incident.title, type_title, tuple(incident.sites), **originals)
    known = situation_tables.translations(session, incident, language)
    marked = _marking(services, language)
    fields = (SituationField.TITLE, *RECORDED_FIELDS)
    texts: dict[str, Any] = {
        field.value: marked(situation.text(field), known.get(field)) for field in RECORDED_FIELDS
    }
    return IncidentText(
        marked(incident.title, known.get(SituationField.TITLE)),
        marked(type_title, floor.in_language(type_title, language)),
        tuple(floor.in_language(site, language) or site for site in incident.sites),
        untranslated=frozenset(field.value for field in fields if not known.get(field)),
        **texts,
    )


def for_outsiders(
    session: Session, services: Services, text: IncidentText, language: str, partner: str = ""
) -> Callable[[SituationField], str]:
    """Return a function that reads a field as outsiders may; untranslated text uses its own language for names."""
    own = outside_filter(session, services, language, partner)
    typed = outside_filter(session, services, services.floor.language, partner) if text.untranslated else own
    common_words = COMMON_WORDS.get(language)

    def read(field: SituationField) -> str:
        value: str = getattr(text, field)
        is_foreign = field in text.untranslated and not (common_words and common_words.search(value))
        return (typed if is_foreign else own)(value)

    return read


def as_typed(services: Services, text: str, language: str) -> str:
    """Return text that is never translated, marked for readers of a language other than the floor's."""
    return text if language == services.floor.language else _marking(services, language)(text, None)


def _marking(services: Services, language: str) -> Callable[[str, str | None], str]:
    """Return a function that gives a text's translation, or the text with a mark if there is none."""
    try:
        mark = services.templates.phrases(PHRASES, language).get(NOT_TRANSLATED, DEFAULT_MARK)
    except TemplateBroken:
        mark = DEFAULT_MARK

    def marked(original: str, translation: str | None) -> str:
        return translation or (f"{original} {mark}" if original else "")

    return marked
