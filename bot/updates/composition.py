"""The text of an update: the audience's template in each of its languages, or plain text if one is broken."""

import re
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.directory.broken_templates import report_broken_template
from bot.incidents.outside_filter import update_phrases
from bot.incidents.tables import Incident
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.updates import variables, views
from bot.updates.facts import facts_of
from bot.updates.tables import Promise
from bot.updates.timing_facts import UpdateContext


def compose(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    now: datetime,
    *,
    part: str = variables.ALL,
) -> str:
    """The update in every language of its audience, or only the `part` that users may edit; a broken template never
    stops it."""
    languages = services.floor.audiences[promise.audience].languages
    return compose_in_languages(session, services, incident, promise, now, languages, part=part)


def compose_in_languages(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    now: datetime,
    languages: tuple[str, ...],
    reader: str = "",
    *,
    part: str = variables.ALL,
) -> str:
    """The update in these languages, one below the other; the partner `reader` is named in its own copy."""
    audience = services.floor.audiences[promise.audience]
    folder = audience.template or promise.audience

    def compose_in_language(language: str) -> str:
        context = UpdateContext(promise, audience, now, language, reader, part)
        facts = facts_of(session, services, incident, context)
        text = _render(services, variables.template_of(folder, language), facts)
        is_marked_as_drill = incident.is_drill and part == variables.ALL
        return f"{update_phrases(services, language)['drill']}\n{text}" if is_marked_as_drill else text

    return views.LANGUAGE_SEPARATOR.join(dict.fromkeys(compose_in_language(language) for language in languages))


def _render(services: Services, name: str, facts: dict[str, Any]) -> str:
    try:
        text = services.templates.render(name, facts, at_most=variables.LONGEST_UPDATE)
    except TemplateBroken as error:
        report_broken_template(services, name, error)
        return views.plain_text(facts)
    # Parts that a template leaves out leave empty lines.
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", text) or views.plain_text(facts)
