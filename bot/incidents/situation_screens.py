"""Opens the situation form and saves its submission."""

from bot.incidents import ids, parse, rules, situation_actions, situation_forms, situation_tables
from bot.incidents.access import visible_incident
from bot.incidents.audiences import other_languages
from bot.incidents.facts import FIGURE_SENTENCES
from bot.incidents.registry import Registry
from bot.incidents.responses import FieldsRefused, Payload
from bot.incidents.situation import RECORDED_FIELDS, CauseMissing, CertaintyMissing, SituationField
from bot.incidents.situation_actions import SituationEdit
from bot.runtime.clock import utcnow
from bot.services import Services


def open_form(services: Services, trigger_id: str, number: int, user_id: str) -> None:
    """Open the prefilled form for a person who may change the incident, while it may be changed."""
    incident = visible_incident(services, number, user_id, "lead")
    rules.check_may_change(incident.number, incident.status)
    with services.database.reading() as session:
        situation = situation_tables.current(session, number)
        translations = {
            language: situation_tables.translations(session, incident, language)
            for language in other_languages(services, incident)
        }
        seen_id = situation_tables.newest_id(session, number)
        figures = services.get(Registry).ask(FIGURE_SENTENCES)(session, number, "en").line
    form = situation_forms.situation_form(incident, situation, translations, seen_id, figures)
    services.slack.open_view(trigger_id, form)


def save_form(services: Services, body: Payload) -> None:
    """Record what was entered; a refusal is shown beside the field it concerns."""
    number, _, seen_id = parse.private_metadata(body).partition(":")
    edit = _read_edit(body, parse.parse_number(seen_id))
    try:
        situation_actions.save(services, parse.parse_number(number), edit, parse.user_id(body), utcnow())
    except CauseMissing as missing:
        raise FieldsRefused({ids.CAUSE: missing.sentence}) from missing
    except CertaintyMissing as missing:
        raise FieldsRefused({ids.CERTAINTY: missing.sentence}) from missing


def _read_edit(body: Payload, seen_id: int) -> SituationEdit:
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
        translations=translations,
    )
