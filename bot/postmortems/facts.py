"""Sources of a post-mortem: the incident's record and a picture, provided by other modules."""

from collections.abc import Callable
from datetime import datetime

from bot.directory import administrators
from bot.errors import TryLater
from bot.incidents.facts import FIGURE_CHART, always
from bot.incidents.registry import Fact, Registry
from bot.postmortems.document import Document
from bot.postmortems.draft import compose
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import Record
from bot.postmortems.rendering import FOLDER
from bot.runtime.templates import FALLBACK_LANGUAGE, TemplateBroken
from bot.services import Services
from bot.timeline.wording import NameOf

# The picture of its timeline as PNG; the function gives people's names.
PICTURE: Fact[Callable[[Services, int, datetime, NameOf | None], bytes]] = Fact("timeline picture", always(b""))


def _no_record(services: Services, number: int, now: datetime, phrases: Phrases, is_preview: bool) -> Record:
    raise LookupError("nobody gathers the record of an incident")


# Everything on record about an incident, in the language of the phrases; as a preview or final.
RECORD: Fact[Callable[[Services, int, datetime, Phrases, bool], Record]] = Fact("post-mortem record", _no_record)


def write_document(services: Services, number: int, now: datetime) -> Document:
    """Return an incident's current post-mortem in the floor's language."""
    phrases = phrases_of(services)
    return compose(read_record(services, number, now, phrases), phrases)


def read_record(
    services: Services, number: int, now: datetime, phrases: Phrases, *, is_preview: bool = False
) -> Record:
    """Return the record from which an incident's post-mortem is written."""
    return services.get(Registry).ask(RECORD)(services, number, now, phrases, is_preview)


def phrases_of(services: Services) -> Phrases:
    """Return the phrases of the floor's language, or of English, or none if the files cannot be used."""
    for language in dict.fromkeys((services.floor.language, FALLBACK_LANGUAGE)):
        try:
            return Phrases(language, services.templates.phrases(FOLDER, language), services.floor.zone)
        except TemplateBroken as broken:
            administrators.report_broken_template(services, f"{FOLDER}/{language}.yaml", broken)
    return Phrases(FALLBACK_LANGUAGE, {}, services.floor.zone)


def picture_for(services: Services, record: Record, now: datetime) -> bytes:
    """Return the picture with people labelled as in the text; empty if late, as the text has the same facts."""
    labels = record.labels
    draw_picture = services.get(Registry).ask(PICTURE)
    try:
        return draw_picture(services, record.number, now, lambda user_id: labels.get(user_id, user_id))
    except TryLater:
        return b""


def chart_for(services: Services, record: Record, now: datetime) -> bytes:
    """Return the chart of the figures; empty if there are none or it is late."""
    if not record.interval_rows:
        return b""
    try:
        return services.get(Registry).ask(FIGURE_CHART)(services, record.number, now)
    except TryLater:
        return b""
