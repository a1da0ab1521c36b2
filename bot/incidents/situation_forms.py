"""The situation form, prefilled with what is recorded. Pure: Block Kit from data."""

from collections.abc import Mapping, Sequence

from bot.incidents import ids
from bot.incidents.situation import (
    CERTAINTY_TITLES,
    FIELD_TITLES,
    RECORDED_FIELDS,
    Certainty,
    Situation,
    SituationField,
    Value,
)
from bot.incidents.tables import Incident
from bot.slack.blocks import Block, context, divider, field, modal, option, section, select, text_input
from bot.slack.text import escape, mention, one_line

LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
LABELS = {
    SituationField.IMPACT: "Who is affected, and how?",
    SituationField.CAUSE: "Cause",
    SituationField.ACTIONS: "What is being done?",
    SituationField.NEEDS: "What do you need?",
    SituationField.TITLE: "Title",
}
HINTS = {
    SituationField.IMPACT: "Customers, queues, sites, partners, with numbers when you have them.",
    SituationField.CAUSE: (
        "In words that a customer's manager understands. With “Not known yet” above, it counts as suspected, or as "
        "known if the status is identified."
    ),
    SituationField.ACTIONS: "One sentence: what somebody is doing now, not what is planned.",
    SituationField.NEEDS: "From executives or other teams. Empty: nothing is needed.",
}
TRANSLATED_FIELDS = (SituationField.TITLE, *RECORDED_FIELDS)


def situation_form(
    incident: Incident,
    situation: Situation,
    translations: Mapping[str, Mapping[str, str]],
    versions: tuple[int, int],
    figures: str = "",
    unread: Mapping[SituationField, Value] | None = None,
) -> Block:
    """The form for impact, cause, actions and needs, and their translations into the languages that are read.

    `figures` is the line of the contact centre's figures, which updates add to the impact by themselves. `versions`
    are the newest version that the form was opened with and the newest that its author was told about; `unread` are
    values that others recorded in between.
    """
    certainties = [option(title, value.value) for value, title in CERTAINTY_TITLES.items()]
    _, certainty = situation.form_value(SituationField.CAUSE)
    menu = select(ids.CERTAINTY, certainties, initial=certainty)
    blocks = [
        *(section(_unread_line(name, value)) for name, value in (unread or {}).items()),
        *([context("*Save* again to replace it with your text, or change your text first.")] if unread else []),
        context("Updates are written from this. People outside the company never read names or guesses."),
        _text_field(SituationField.IMPACT, situation),
        *([context(f"📊 {figures[:1].upper()}{figures[1:]}. Updates add these figures.")] if figures else []),
        field("How sure are you of the cause?", menu),
        *(_text_field(name, situation) for name in RECORDED_FIELDS[1:]),
    ]
    for language, texts in translations.items():
        blocks += _translation(incident, situation, language, texts)
    return modal(
        ids.SITUATION_FORM,
        "Situation",
        blocks,
        submit="Save",
        subject=":".join(str(number) for number in (incident.number, *versions)),
    )


def _unread_line(name: SituationField, value: Value) -> str:
    is_unknown = value.certainty == Certainty.UNKNOWN
    text = CERTAINTY_TITLES[Certainty.UNKNOWN].lower() if is_unknown else one_line(value.text, name.max_length)
    return f"⚠️ {mention(value.by)} has changed *{FIELD_TITLES[name]}* in the meantime: {text or 'nothing'}"


def _text_field(name: SituationField, situation: Situation) -> Block:
    text = situation.text(name)
    # A text that was typed with a command may be longer: cut, it would be saved as a new one.
    longest = max(name.max_length, len(text))
    element = text_input(name.value, initial=text, multiline=True, longest=longest)
    return field(LABELS[name], element, hint=HINTS[name], optional=True)


def _translation(
    incident: Incident, situation: Situation, language: str, texts: Mapping[str, str]
) -> Sequence[Block]:
    language_name = LANGUAGE_NAMES.get(language, language)
    originals = {name: situation.text(name) for name in RECORDED_FIELDS} | {SituationField.TITLE: incident.title}
    blocks = [
        divider(),
        section(f"*In {escape(language_name)}*\nSome readers of this incident read {escape(language_name)}."),
    ]
    for name in TRANSLATED_FIELDS:
        block_id = translation_id(language, name)
        element = text_input(
            block_id,
            initial=texts.get(name.value, ""),
            placeholder=originals[name],
            multiline=True,
            longest=name.max_length,
        )
        blocks.append(field(f"{LABELS[name]} ({language_name})", element, optional=True))
    return blocks


def translation_id(language: str, name: SituationField) -> str:
    return f"{name.value}.{language}"
