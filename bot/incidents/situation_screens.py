"""The situation form, and its submission."""

from datetime import datetime

from bot.incidents import ids, incidents, parse, rules, situation_actions, situation_forms, situation_tables
from bot.incidents.access import visible_incident
from bot.incidents.audiences import other_languages
from bot.incidents.facts import FIGURE_SENTENCES
from bot.incidents.parse import Payload
from bot.incidents.registry import Registry
from bot.incidents.responses import FieldsRefused, FormReplaced
from bot.incidents.situation import (
    RECORDED_FIELDS,
    CauseMissing,
    CertaintyMissing,
    ChangedMeanwhile,
    Situation,
    SituationField,
    Value,
)
from bot.incidents.situation_actions import SituationEdit
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.slack.blocks import Block


def form(services: Services, number: int, by: str, now: datetime) -> Block:
    """Return the prefilled form for a person who may change the incident, while it may be described."""
    incident = visible_incident(services, number, by, "lead")
    rules.check_may_describe(incident.number, incident.status)
    with services.database.reading() as session:
        situation = situation_tables.current(session, number)
        translations = {
            language: situation_tables.translations(session, incident, language)
            for language in other_languages(services, incident)
        }
        seen_id = situation_tables.newest_id(session, number)
        figures = services.get(Registry).ask(FIGURE_SENTENCES)(session, number, "en").line
    return situation_forms.situation_form(incident, situation, translations, (seen_id, seen_id), figures)


def save_form(services: Services, body: Payload) -> None:
    """Record what was entered; a refusal is shown beside the field it concerns."""
    typed_number, _, versions = parse.private_metadata(body).partition(":")
    number, (seen_id, _, read_id) = parse.parse_number(typed_number), versions.partition(":")
    edit = _read_edit(body, parse.parse_number(seen_id), parse.parse_number(read_id or seen_id))
    try:
        situation_actions.save(services, number, edit, parse.user_id(body), utcnow())
    except ChangedMeanwhile as changed:
        raise FormReplaced(_form_with_unread(services, number, edit, changed)) from changed
    except CauseMissing as missing:
        raise FieldsRefused({ids.CAUSE: missing.sentence}) from missing
    except CertaintyMissing as missing:
        raise FieldsRefused({ids.CERTAINTY: missing.sentence}) from missing


def _form_with_unread(services: Services, number: int, edit: SituationEdit, changed: ChangedMeanwhile) -> Block:
    """The same form with what its author typed, above it what others recorded meanwhile."""
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
    typed_situation = Situation(
        **{
            name.value: Value(text, "", utcnow(), edit.certainty if name == SituationField.CAUSE else "")
            for name, text in edit.texts.items()
        }
    )
    translations: dict[str, dict[str, str]] = {}
    for (language, name), text in edit.translations.items():
        translations.setdefault(language, {})[name.value] = text
    versions = (edit.seen_id, changed.newest_id)
    return situation_forms.situation_form(incident, typed_situation, translations, versions, unread=changed.values)


def _read_edit(body: Payload, seen_id: int, read_id: int) -> SituationEdit:
    translations: dict[tuple[str, SituationField], str] = {}
    for block_id in body["view"]["state"]["values"]:
        name, _, language = block_id.partition(".")
        if language:
            text = rules.clean_title(parse.field_value(body, block_id))
            translations[language, SituationField(name)] = text
    return SituationEdit(
        texts={name: rules.clean_title(parse.field_value(body, name.value)) for name in RECORDED_FIELDS},
        certainty=parse.field_value(body, ids.CERTAINTY),
        seen_id=seen_id,
        read_id=read_id,
        translations=translations,
    )
