"""The text of an update: the audience's template in each of its languages, or plain text; checked for outsiders."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.directory.administrators import report_broken_template
from bot.errors import WatchfloorError
from bot.incidents.audiences import audience_title
from bot.incidents.outside_filter import not_for_outsiders, update_phrases
from bot.incidents.tables import Incident
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.text import escape, one_line, to_plain_text
from bot.updates import variables, views, wording
from bot.updates.tables import Promise
from bot.updates.template_facts import facts_of
from bot.updates.timing_facts import UpdateContext

SENTENCE = 120


def compose(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    now: datetime,
    *,
    part: str = variables.ALL,
    are_earlier_gone: bool = False,
) -> str:
    """The update in every language of its audience, or only the `part` that users may edit; a broken template never
    stops it."""
    languages = services.floor.audiences[promise.audience].languages
    return compose_in_languages(
        session, services, incident, promise, now, languages, part=part, are_earlier_gone=are_earlier_gone
    )


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
    are_earlier_gone: bool = False,
) -> str:
    """The update in these languages, one below the other; the partner `reader` is named in its own copy."""
    audience = services.floor.audiences[promise.audience]
    folder = audience.template or promise.audience

    def compose_in_language(language: str) -> str:
        context = UpdateContext(promise, audience, now, language, reader, part, are_earlier_gone)
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


class NotForOutsiders(WatchfloorError):
    """People outside the company read this. Please take out what names a colleague or guesses when it is over:
    {sentences}"""


def check_text(session: Session, services: Services, text: str, initial_text: str) -> None:
    """Refuse text that outsiders must not read. `initial_text` is the form's: template wording may stay."""
    allowed_text = to_plain_text(initial_text, lambda user_id: None)
    refused_sentences = [
        sentence for sentence in not_for_outsiders(session, services, text) if sentence not in allowed_text
    ]
    if refused_sentences:
        raise NotForOutsiders(sentences=_quoted_sentences(refused_sentences))


def left_out_note(session: Session, services: Services, text: str, audiences: Iterable[str]) -> str:
    """A note about the parts of a text that the outside audiences among these do not get; empty if they get all of
    it."""
    outside_audiences = [name for name in audiences if services.floor.audiences[name].outside]
    sentences = not_for_outsiders(session, services, text) if outside_audiences else []
    if not sentences:
        return ""
    titles = ", ".join(escape(audience_title(services, name)) for name in outside_audiences)
    return wording.LEFT_OUT_NOTE.format(titles=titles, sentences=_quoted_sentences(sentences))


def _quoted_sentences(sentences: Iterable[str]) -> str:
    return " ".join(f"“{one_line(sentence, SENTENCE)}”" for sentence in sentences)
