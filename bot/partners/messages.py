"""Drawing the notice to a partner, in its language, and what is said below it."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.config.floor import PARTNERS, Partner
from bot.directory.broken_templates import report
from bot.directory.lookup import channel_id
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.outsiders import reader_outside
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.outbox.tables import OutboxRow
from bot.partners import tables, views, wording
from bot.partners.tables import PartnerNotice
from bot.partners.wording import Words
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.blocks import Block
from bot.slack.text import escape, near_time, one_line

FOLDER = "partner_notice"
LONGEST_NOTICE = 3_000
TITLE, IMPACT = 200, 800


def partner_of(services: Services, name: str) -> Partner:
    """The partner as the floor's file has it; one that is no longer there has a name alone."""
    return next((partner for partner in services.floor.partners if partner.name == name), Partner(name=name))


def labels(services: Services, language: str) -> Words:
    """The buttons and short answers in a language; what cannot be read there is said in English."""
    for known in (language, "en"):
        try:
            return wording.PLAIN | services.templates.phrases(FOLDER, known)
        except TemplateBroken:
            continue
    return wording.PLAIN


def draw(session: Session, services: Services, incident: Incident, display: OutboxRow) -> tuple[str, list[Block]]:
    """The notice as it stands."""
    row, now = tables.find(session, incident.number, display.subject), utcnow()
    partner = partner_of(services, row.partner)
    facts = _facts(session, services, incident, row, now)
    name = f"{FOLDER}/{partner.language}.j2"
    try:
        words = services.templates.render(name, facts, at_most=LONGEST_NOTICE)
    except TemplateBroken as broken:
        report(services, name, broken)
        words = wording.plain_notice(facts)
    return views.notice(words, row, labels(services, partner.language), now)


def place(services: Services, display: OutboxRow) -> str:
    """Where a partner is told; the notice's own channel is known once it was sent."""
    return channel_id(services, partner_of(services, display.subject).channel or "")


def _facts(
    session: Session, services: Services, incident: Incident, row: PartnerNotice, now: datetime
) -> dict[str, Any]:
    harmless = reader_outside(session, services, partner_of(services, row.partner).language, row.partner)
    severity = services.floor.severity(incident.severity)
    kind = services.floor.types.get(incident.type, incident.type)
    return {
        "partner": escape(row.partner),
        "title": one_line(harmless(incident.title) or kind, TITLE),
        "emoji": severity.emoji,
        "meaning": escape(severity.guidance),
        "impact": one_line(harmless(incident.impact), IMPACT),
        "places": one_line(", ".join(incident.sites), TITLE),
        "status": str(incident.status),
        "is_over": row.cleared_at is not None or incident.status not in OPEN,
        "started": near_time(incident.declared_at, now),
        "next_update": _next(session, services, incident, now),
    }


def _next(session: Session, services: Services, incident: Incident, now: datetime) -> str:
    """When the next regular update comes to this channel, if any is promised."""
    told_here = [name for name, audience in services.floor.audiences.items() if PARTNERS in audience.channels]
    due_at = services.get(Registry).ask(NEXT_UPDATE)(session, incident.number, told_here)
    return near_time(due_at, now) if due_at and incident.status in OPEN and not incident.is_private else ""


def say_below(
    session: Session, services: Services, row: PartnerNotice, what: str, now: datetime, *, key: str
) -> None:
    """One short sentence in the notice's thread; nothing when the notice never arrived."""
    shown = outbox.find(session, row.incident_id, kinds.PARTNER, row.partner)
    if shown is None or shown.ts is None or row.channel_id is None:
        return
    words = labels(services, partner_of(services, row.partner).language)[what]
    outbox.post(session, key, row.channel_id, words, now, incident_id=row.incident_id, thread_ts=shown.ts)
