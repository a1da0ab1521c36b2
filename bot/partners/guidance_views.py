"""The form for guidance to partners' agents, and the request to fill it in. Pure."""

from collections.abc import Mapping, Sequence

from bot.incidents.tables import Incident
from bot.partners import ids
from bot.partners.guidance import GuidanceField
from bot.slack.blocks import Block, Message, actions, button, context, header, modal, section, text_input
from bot.slack.blocks import field as form_field
from bot.slack.text import channel_link, escape

LONGEST = 500
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
LABELS = {
    GuidanceField.AGENTS_SAY: "What agents say",
    GuidanceField.AGENTS_DO_NOT_SAY: "What agents do not say",
    GuidanceField.WORKAROUND: "What agents do meanwhile",
    GuidanceField.RELIEF: "Relief from targets",
}
PLACEHOLDERS = {
    GuidanceField.AGENTS_SAY: "We know that some calls drop, and we are working on it",
    GuidanceField.AGENTS_DO_NOT_SAY: "A cause, or when it will be over",
    GuidanceField.WORKAROUND: "Take the number and call back",
    GuidanceField.RELIEF: "Handling time and service level do not count until the all-clear",
}
Texts = Mapping[GuidanceField, str]


def language_name(language: str) -> str:
    """A language's name in English."""
    return LANGUAGE_NAMES.get(language, language)


def field_id(field: GuidanceField, language: str) -> str:
    """The field's id in the Slack form."""
    return f"{field}.{language}"


def guidance_form(incident: Incident, texts_by_language: Mapping[str, Texts]) -> Block:
    """Four fields for each language that the incident's partners read; empty fields are left out of notices."""
    blocks = [context("Goes into each partner's notice, in its language. Empty fields are left out.")]
    for language, texts in texts_by_language.items():
        blocks.append(header(language_name(language)))
        blocks += [_field(field, language, texts[field]) for field in GuidanceField]
    return modal(ids.GUIDANCE_FORM, "Guidance for partners", blocks, submit="Save", subject=incident.number)


def _field(field: GuidanceField, language: str, text: str) -> Block:
    name = field_id(field, language)
    element = text_input(name, initial=text, multiline=True, longest=LONGEST, placeholder=PLACEHOLDERS[field])
    return form_field(LABELS[field], element, optional=True)


def guidance_button(incident: Incident) -> Block:
    """The button that opens the form."""
    return button("Guidance for agents…", ids.GUIDANCE, str(incident.number))


def request(incident: Incident, partners: Sequence[str], languages: Sequence[str]) -> Message:
    """The request to the lead of the communications for guidance; the bot never invents any."""
    names = " or ".join(language_name(language) for language in languages)
    text = (
        f"Partners of incident {incident.number} ({channel_link(incident.channel_id or '')}) get a notice: "
        f"{escape(', '.join(partners))}. What should their agents say and do? Nothing is written yet in {names}."
    )
    return text, [section(text), actions([guidance_button(incident)], block_id=f"guidance-{incident.number}")]
