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
    sites = tuple(floor.in_language(site, language) or site for site in incident.sites)
    if language == floor.language:
        originals: dict[str, Any] = {field.value: situation.text(field) for field in RECORDED_FIELDS}
        own_type_title = floor.in_language(type_title, language) or type_title
        return IncidentText(incident.title, own_type_title, sites, **originals)
    translations = situation_tables.translations(session, incident, language)
    translation_or_mark = _translation_marker(services, language)
    fields = (SituationField.TITLE, *RECORDED_FIELDS)
    texts: dict[str, Any] = {
        field.value: translation_or_mark(situation.text(field), translations.get(field))
        for field in RECORDED_FIELDS
    }
    return IncidentText(
        translation_or_mark(incident.title, translations.get(SituationField.TITLE)),
        translation_or_mark(type_title, floor.in_language(type_title, language)),
        sites,
        untranslated=frozenset(field.value for field in fields if not translations.get(field)),
        **texts,
    )


def for_outsiders(
    session: Session, services: Services, text: IncidentText, language: str, partner: str = ""
) -> Callable[[SituationField], str]:
    """Return a function that reads a field as outsiders may; untranslated text uses its own language for names."""
    filter_text = outside_filter(session, services, language, partner)
    filter_original = (
        outside_filter(session, services, services.floor.language, partner) if text.untranslated else filter_text
    )
    common_words = COMMON_WORDS.get(language)

    def read_field(field: SituationField) -> str:
        field_text: str = getattr(text, field)
        is_foreign = field in text.untranslated and not (common_words and common_words.search(field_text))
        return (filter_original if is_foreign else filter_text)(field_text)

    return read_field


def as_typed(services: Services, text: str, language: str) -> str:
    """Return text that is never translated, marked for readers of a language other than the floor's."""
    return text if language == services.floor.language else _translation_marker(services, language)(text, None)


def _translation_marker(services: Services, language: str) -> Callable[[str, str | None], str]:
    """Return a function that gives a text's translation, or the text with a mark if there is none."""
    try:
        mark = services.templates.phrases(PHRASES, language).get(NOT_TRANSLATED, DEFAULT_MARK)
    except TemplateBroken:
        mark = DEFAULT_MARK

    def translation_or_mark(original: str, translation: str | None) -> str:
        return translation or (f"{original} {mark}" if original else "")

    return translation_or_mark
