"""Block Kit of the forms for partners' answers and for guidance to their agents. Pure."""

from collections.abc import Mapping

from bot.incidents.tables import Incident
from bot.partners import ids
from bot.partners.guidance import GuidanceField
from bot.partners.guidance_views import LONGEST, language_name
from bot.partners.tables import PartnerNotice
from bot.partners.wording import Labels
from bot.slack.blocks import Block, context, header, modal, text_input
from bot.slack.blocks import field as form_field

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


def affected_form(row: PartnerNotice, labels: Labels) -> Block:
    """The form that asks how many of the partner's agents are affected."""
    initial = str(row.agents) if row.agents is not None else ""
    agents_input = text_input(ids.AGENTS, initial=initial, longest=20)
    question = form_field(labels["form_question"], agents_input, hint=labels["form_hint"], optional=True)
    return modal(
        ids.AFFECTED_FORM,
        labels["form_title"],
        [question],
        submit=labels["form_submit"],
        close=labels["form_cancel"],
        subject=row.number,
    )


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
