"""What is said of an incident in one language: its title, type and places, and its situation."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from bot.incidents import situation_tables
from bot.incidents.outside_filter import PHRASES
from bot.incidents.situation import RECORDED_FIELDS, Situation, SituationField
from bot.incidents.tables import Incident
from bot.runtime.templates import TemplateBroken
from bot.services import Services

NOT_TRANSLATED = "not_translated"
DEFAULT_MARK = "(not translated)"


@dataclass(frozen=True)
class IncidentText:
    """The texts in one language, plain and not escaped; what nobody has translated is marked. Names of partners
    are the same in every language."""

    title: str
    type: str
    sites: tuple[str, ...]
    impact: str = ""
    cause: str = ""
    actions: str = ""
    needs: str = ""


def incident_text(
    session: Session, services: Services, incident: Incident, situation: Situation, language: str
) -> IncidentText:
    """The texts that an audience of this language reads."""
    floor = services.floor
    type_title = floor.types.get(incident.type, incident.type)
    if language == floor.language:
        originals = {field.value: situation.text(field) for field in RECORDED_FIELDS}
        return IncidentText(incident.title, type_title, tuple(incident.sites), **originals)
    known = situation_tables.translations(session, incident, language)
    marked = _marking(services, language)
    return IncidentText(
        marked(incident.title, known.get(SituationField.TITLE)),
        marked(type_title, floor.in_language(type_title, language)),
        tuple(floor.in_language(site, language) or site for site in incident.sites),
        **{field.value: marked(situation.text(field), known.get(field)) for field in RECORDED_FIELDS},
    )


def as_typed(services: Services, text: str, language: str) -> str:
    """What is never translated, with a mark for readers of another language than the floor's."""
    return text if language == services.floor.language else _marking(services, language)(text, None)


def _marking(services: Services, language: str) -> Callable[[str, str | None], str]:
    """The translation of a text, or the text with a mark that says that there is none."""
    try:
        mark = services.templates.phrases(PHRASES, language).get(NOT_TRANSLATED, DEFAULT_MARK)
    except TemplateBroken:
        mark = DEFAULT_MARK

    def marked(original: str, translation: str | None) -> str:
        return translation or (f"{original} {mark}" if original else "")

    return marked
