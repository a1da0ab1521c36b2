"""Records the situation: the impact, the cause, the actions and the needs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from bot.incidents import rules, situation_tables, wording
from bot.incidents.change import Change, changing
from bot.incidents.events import SituationChanged
from bot.incidents.situation import (
    FIELD_TITLES,
    FIELDS_WITH_DEFAULT,
    RECORDED_FIELDS,
    Certainty,
    ChangedMeanwhile,
    Situation,
    SituationField,
    cause_certainty,
    check_cause,
)
from bot.incidents.situation_tables import SituationValue
from bot.runtime.database import insert
from bot.services import Services


class SituationEdit(Struct, frozen=True):
    """The form's input: a text for each field, the certainty of the cause, and translations by language and field.
    `seen_id` is the newest version that the form was opened with; `read_id` the newest of those that its author
    was told about since then."""

    texts: Mapping[SituationField, str]
    certainty: str
    seen_id: int
    read_id: int
    translations: Mapping[tuple[str, SituationField], str] = field(default_factory=dict)


def save(services: Services, number: int, edit: SituationEdit, by: str, now: datetime) -> None:
    """Record what differs from what the form showed, so that two people who edit at once keep each other's fields.

    Raises `ChangedMeanwhile` rather than replace a value that the author has not read.
    """
    with changing(services, number, by, now) as change:
        rules.check_may_describe(number, change.incident.status)
        shown_situation = situation_tables.current(change.session, number, edit.seen_id)
        edit = _with_certainty(edit, shown_situation, change.incident.status)
        current_situation = situation_tables.current(change.session, number)
        new_translations = _new_translations(change, edit)
        edited_fields = list(_edited_fields(edit, shown_situation, current_situation))
        _check_read(change, edit, edited_fields, current_situation)
        changed_fields = [name for name, text, certainty in edited_fields if record(change, name, text, certainty)]
        _add_translations(change, new_translations)
        if changed_fields or new_translations:
            change.publish(SituationChanged(tuple(changed_fields)))


def _with_certainty(edit: SituationEdit, shown_situation: Situation, status: str) -> SituationEdit:
    text = edit.texts[SituationField.CAUSE]
    _, shown_certainty = shown_situation.form_value(SituationField.CAUSE)
    is_identified = status == rules.Status.IDENTIFIED
    certainty = cause_certainty(text, edit.certainty, shown_certainty, is_identified=is_identified)
    check_cause(text, certainty)
    return replace(edit, certainty=certainty)


def _edited_fields(
    edit: SituationEdit, shown_situation: Situation, current_situation: Situation
) -> Iterator[tuple[SituationField, str, str]]:
    for name in RECORDED_FIELDS:
        text = edit.texts[name]
        certainty = edit.certainty if name == SituationField.CAUSE else ""
        is_edited = (text, certainty) != shown_situation.form_value(name)
        # A default counts only while nobody has recorded something else since the form was opened.
        is_default_accepted = name in FIELDS_WITH_DEFAULT and current_situation.value(name) is None
        if is_edited or is_default_accepted:
            yield name, text, certainty


def _check_read(
    change: Change,
    edit: SituationEdit,
    edited_fields: Sequence[tuple[SituationField, str, str]],
    current_situation: Situation,
) -> None:
    """Refuse to replace values that somebody else recorded and the author of the edit has not read."""
    read_situation = situation_tables.current(change.session, change.number, edit.read_id)
    unread_values = {
        name: value
        for name, text, certainty in edited_fields
        if (value := current_situation.value(name))
        and value != read_situation.value(name)
        and value.by != change.by
        and (value.text, value.certainty) != (text, certainty)
    }
    if unread_values:
        raise ChangedMeanwhile(unread_values, situation_tables.newest_id(change.session, change.number))


def describe_impact(services: Services, number: int, text: str, by: str, now: datetime) -> str:
    """Record the impact alone. Return the answer."""
    if not text:
        raise rules.ImpactMissing()
    with changing(services, number, by, now) as change:
        rules.check_may_describe(number, change.incident.status)
        if record(change, SituationField.IMPACT, text):
            change.publish(SituationChanged((SituationField.IMPACT,)))
    return " ".join([wording.IMPACT_SAVED, *change.answers])


def record(change: Change, name: SituationField, text: str, certainty: str = "") -> bool:
    """Add a version of one field within a transaction on the incident; return False if it is unchanged.

    The caller publishes `SituationChanged` once for all fields.
    """
    current_value = situation_tables.current(change.session, change.number).value(name)
    if current_value is not None and (current_value.text, current_value.certainty) == (text, certainty):
        return False
    _add(change, name, text, certainty=certainty)
    if name == SituationField.IMPACT:
        # The incident's own copy, which the digest, lists and searches read without the versions.
        change.incident.impact = text
    if name == SituationField.CAUSE:
        change.incident.cause = text
    _log(change, name, text, certainty)
    return True


def clear_unknown_cause(change: Change) -> None:
    """Clear a cause recorded as not known yet, within the transaction that identifies it and logs that."""
    if situation_tables.current(change.session, change.number).certainty == Certainty.UNKNOWN:
        _add(change, SituationField.CAUSE, "")


def _add(
    change: Change, name: SituationField, text: str, *, certainty: str = "", language: str = "", original: str = ""
) -> None:
    row = SituationValue(
        incident_id=change.number,
        field=name.value,
        language=language,
        text=text,
        original=original,
        certainty=certainty,
        by=change.by,
        at=change.now,
    )
    insert(change.session, row)


def _log(change: Change, name: SituationField, text: str, certainty: str) -> None:
    if certainty == Certainty.UNKNOWN:
        change.log("cause_unknown")
    elif text and name == SituationField.CAUSE:
        change.log("cause", text=text, certainty=certainty)
    elif text:
        change.log(name.value, text=text)
    elif name == SituationField.NEEDS:
        change.log("nothing_needed")
    else:
        change.log("situation_cleared", field=FIELD_TITLES[name].lower())


def _new_translations(change: Change, edit: SituationEdit) -> dict[tuple[str, SituationField], str]:
    """The translations that differ from what the form showed: an untouched one does not vouch for a changed
    original."""
    shown_by_language = {
        language: situation_tables.translations(change.session, change.incident, language, edit.seen_id)
        for language, _ in edit.translations
    }
    return {
        (language, name): text
        for (language, name), text in edit.translations.items()
        if text != shown_by_language[language].get(name, "")
    }


def _add_translations(change: Change, texts: Mapping[tuple[str, SituationField], str]) -> None:
    """Store each translation with the current original that it translates."""
    situation = situation_tables.current(change.session, change.number)
    for (language, name), text in texts.items():
        original = change.incident.title if name == SituationField.TITLE else situation.text(name)
        _add(change, name, text, language=language, original=original)
