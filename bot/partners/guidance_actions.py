"""Guidance for partners' agents: requested, saved, and put into the notices."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents, redaction
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.events import Merged, RoleChanged
from bot.incidents.rules import OPEN, check_may_change
from bot.incidents.tables import Incident
from bot.outbox import batches, kinds
from bot.partners import forms, guidance, guidance_views, tables, wording
from bot.partners.guidance import GuidanceField
from bot.partners.messages import partner_of, reply_in_thread
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import one_line

COMMUNICATIONS_LEAD, COMMANDER = "communications_lead", "commander"
SENTENCE = 120


def form(services: Services, number: int, by: str) -> Block:
    """The guidance form, filled with the current texts."""
    incident = visible_incident(services, number, by)
    check_may_change(number, incident.status)
    with services.database.reading() as session:
        languages = _languages(session, services, incident) or ["en"]
        texts_by_language = {language: guidance.texts_in(session, number, language) for language in languages}
    return forms.guidance_form(incident, texts_by_language)


def save(
    services: Services, number: int, texts: Mapping[str, Mapping[GuidanceField, str]], by: str, now: datetime
) -> str | None:
    """Save the guidance and edit notices already sent. Returns a note on who is told and what they will not see."""
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        changed_languages = [
            language
            for language, language_texts in texts.items()
            if guidance.save(change.session, number, language, language_texts, by, now)
        ]
        for language in changed_languages:
            change.log("partner_guidance", language=guidance_views.language_name(language))
        outbox.mark_stale(change.session, number, (kinds.PARTNER,))
        notes = _announce(change, changed_languages)
        notes += [note for language in changed_languages for note in _left_out(change, language, texts[language])]
    return " ".join(["Saved.", *notes]) if notes else None


def _announce(change: Change, languages: Collection[str]) -> list[str]:
    """Reply below the notices that changed, because Slack notifies nobody of an edit.

    Returns notes on who is told so, and on partners that have no notice and must be phoned.
    """
    told: list[str] = []
    to_phone: list[str] = []
    for row in tables.of_incident(change.session, change.number):
        if not languages or change.incident.status not in OPEN or row.told_at is None:
            continue
        if row.channel_id and partner_of(change.services, row.partner).language not in languages:
            continue
        key = f"partner:{row.number}:guidance:{change.now.isoformat()}"
        is_told = reply_in_thread(change.session, change.services, row, "guidance", change.now, key=key)
        (told if is_told else to_phone).append(row.partner)
    return [
        *([wording.GUIDANCE_ANNOUNCED.format(names=", ".join(told))] if told else []),
        *([wording.GUIDANCE_TO_PHONE.format(names=", ".join(to_phone))] if to_phone else []),
    ]


def take_over(change: Change, event: Merged) -> None:
    """Copy the guidance to the incident in which work goes on, in the languages in which it has none."""
    session, services = change.session, change.services
    target = Change(session, services, incidents.by_number(session, event.into), change.by, change.now)
    written = {
        language: row
        for language, row in guidance.of_incident(session, change.number).items()
        if any(row.texts.values())
    }
    missing_languages = guidance.languages_without_guidance(session, event.into, written)
    for language in missing_languages:
        row = written[language]
        guidance.save(session, event.into, language, row.texts, row.written_by, change.now)
        target.log("partner_guidance", language=guidance_views.language_name(language))
    outbox.mark_stale(session, event.into, (kinds.PARTNER,))
    _announce(target, missing_languages)


def _left_out(change: Change, language: str, texts: Mapping[GuidanceField, str]) -> list[str]:
    """Notes on what the notice in a language leaves out of the written texts."""
    text_for_outsiders = guidance.outside_reading(change.session, change.services, language)
    lines = {field: [" ".join(line.split()) for line in text.split("\n")] for field, text in texts.items()}
    guesses = [
        f"“{one_line(sentence, SENTENCE)}”"
        for sentence in redaction.SENTENCES.split(texts[GuidanceField.AGENTS_SAY])
        if not redaction.is_safe_outside(sentence)
    ]
    name, notes = guidance_views.language_name(language), []
    if guesses:
        notes.append(wording.GUESSES_LEFT_OUT.format(language=name, sentences=" ".join(guesses)))
    if any(text_for_outsiders(GuidanceField.RELIEF, line) != line for each in lines.values() for line in each):
        notes.append(wording.NAMES_LEFT_OUT.format(language=name))
    return notes


def ask_lead(change: Change, event: RoleChanged) -> None:
    """Ask the communications lead, or else the commander, once for the missing guidance."""
    roles = incidents.roles(change.session, change.number)
    is_lead = event.role == COMMUNICATIONS_LEAD or (event.role == COMMANDER and not roles.get(COMMUNICATIONS_LEAD))
    if not event.holder or not is_lead or change.incident.is_private:
        return
    rows = tables.of_incident(change.session, change.number)
    languages = _languages(change.session, change.services, change.incident)
    missing_languages = guidance.languages_without_guidance(change.session, change.number, languages)
    if missing_languages:
        partners = [
            row.partner
            for row in rows
            if row.cleared_at is None and partner_of(change.services, row.partner).channel
        ]
        text, blocks = guidance_views.request(change.incident, partners, missing_languages)
        key = f"partner-guidance:{change.number}:{event.holder}"
        batches.post_to_person(
            change.session, key, event.holder, text, change.now, incident_id=change.number, blocks=blocks
        )


def _languages(session: Session, services: Services, incident: Incident) -> list[str]:
    """The languages that the incident's partners read in their channels."""
    partners = [partner_of(services, row.partner) for row in tables.of_incident(session, incident.number)]
    return list(dict.fromkeys(partner.language for partner in partners if partner.channel))
