"""What partners' agents say and do: asked for, written down, and put into the notices."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot import outbox
from bot.incidents import incidents
from bot.incidents.access import visible_incident
from bot.incidents.change import Change, changing
from bot.incidents.events import RoleChanged
from bot.incidents.outside_filter import outside_filter
from bot.incidents.rules import check_may_change
from bot.incidents.tables import Incident
from bot.outbox import batches, kinds
from bot.partners import guidance, guidance_views, tables
from bot.partners.guidance import GuidanceField
from bot.partners.messages import partner_of
from bot.services import Services
from bot.slack.blocks import Block

COMMUNICATIONS_LEAD, COMMANDER = "communications_lead", "commander"


def form(services: Services, number: int, by: str) -> Block:
    """The form, with what was written before."""
    incident = visible_incident(services, number, by)
    check_may_change(number, incident.status)
    with services.database.reading() as session:
        languages = _languages(session, services, incident) or ["en"]
        written = {language: guidance.texts_in(session, number, language) for language in languages}
    return guidance_views.guidance_form(incident, written)


def save(
    services: Services, number: int, texts: Mapping[str, Mapping[GuidanceField, str]], by: str, now: datetime
) -> str | None:
    """Write it down; notices that were sent are edited. Gives back what partners will not read of it."""
    with changing(services, number, by, now) as change:
        check_may_change(number, change.incident.status)
        changed = [
            language
            for language, written in texts.items()
            if guidance.save(change.session, number, language, written, by, now)
        ]
        for language in changed:
            change.log("partner_guidance", language=guidance_views.language_name(language))
        outbox.mark_stale(change.session, number, (kinds.PARTNER,))
        altered = [language for language in changed if _is_altered(change, language, texts[language])]
    if not altered:
        return None
    names = " and ".join(guidance_views.language_name(language) for language in altered)
    return (
        f"Saved. The {names} notice leaves out the names of colleagues and other partners, and guesses about "
        "when it will be over."
    )


def _is_altered(change: Change, language: str, texts: Mapping[GuidanceField, str]) -> bool:
    redact = outside_filter(change.session, change.services, language)
    return any(redact(text) != text for text in texts.values())


def ask_lead(change: Change, event: RoleChanged) -> None:
    """Whoever leads the communications, or else the incident, is asked for what is missing, once."""
    roles = incidents.roles(change.session, change.number)
    is_lead = event.role == COMMUNICATIONS_LEAD or (event.role == COMMANDER and not roles.get(COMMUNICATIONS_LEAD))
    if not event.holder or not is_lead or change.incident.is_private:
        return
    rows = tables.of_incident(change.session, change.number)
    languages = _languages(change.session, change.services, change.incident)
    missing = guidance.missing(change.session, change.number, languages)
    if missing:
        partners = [row.partner for row in rows if row.cleared_at is None]
        text, blocks = guidance_views.request(change.incident, partners, missing)
        key = f"partner-guidance:{change.number}:{event.holder}"
        batches.post_to_person(
            change.session, key, event.holder, text, change.now, incident_id=change.number, blocks=blocks
        )


def _languages(session: Session, services: Services, incident: Incident) -> list[str]:
    """The languages that the incident's partners read in their channels."""
    partners = [partner_of(services, row.partner) for row in tables.of_incident(session, incident.number)]
    return list(dict.fromkeys(partner.language for partner in partners if partner.channel))
