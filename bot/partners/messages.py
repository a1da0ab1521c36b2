"""Rendering the notice to a partner, in its language, and the replies and updates below it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot import directory, outbox
from bot.config.floor import PARTNERS, Partner
from bot.directory.administrators import report_broken_template
from bot.directory.lookup import channel_id
from bot.incidents import situation_tables
from bot.incidents.change import Change
from bot.incidents.events import UpdateAmended, UpdateDue
from bot.incidents.facts import NEXT_UPDATE
from bot.incidents.incident_text import for_outsiders, incident_text
from bot.incidents.milestones import started_at
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN
from bot.incidents.situation import SituationField
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.partners import guidance, tables, views, wording
from bot.partners.guidance_views import LONGEST
from bot.partners.rules import NOTICE_SUFFICES, State
from bot.partners.tables import PartnerNotice
from bot.partners.wording import Labels
from bot.runtime.clock import utcnow
from bot.runtime.templates import TemplateBroken
from bot.services import Services
from bot.slack.blocks import Message
from bot.slack.text import escape, format_duration, near_time, one_line, shorten

FOLDER = "partner_notice"
# Each of the four texts of guidance may be as long as its form allows, and five times that once it is escaped.
LONGEST_NOTICE = 12_000
TITLE, IMPACT = 200, 800


def partner_of(services: Services, name: str) -> Partner:
    """The partner from the floor's file; a partner no longer listed there has only a name."""
    return next((partner for partner in services.floor.partners if partner.name == name), Partner(name=name))


def labels(services: Services, language: str) -> Labels:
    """The buttons and short answers in a language; English if its template is broken."""
    for candidate in (language, "en"):
        try:
            return wording.DEFAULT_LABELS | services.templates.phrases(FOLDER, candidate)
        except TemplateBroken:
            continue
    return wording.DEFAULT_LABELS


def render(context: Context) -> Message:
    """The notice in its current state."""
    session, services, incident, now = context.session, context.services, context.incident, utcnow()
    row = tables.find(session, incident.number, context.row.subject)
    partner_labels = labels(services, partner_of(services, row.partner).language)
    return views.notice(notice_text(session, services, incident, row, now), row, partner_labels, now)


def notice_text(session: Session, services: Services, incident: Incident, row: PartnerNotice, now: datetime) -> str:
    language = partner_of(services, row.partner).language
    facts = _facts(session, services, incident, row, now)
    name = f"{FOLDER}/{language}.j2"
    try:
        text = services.templates.render(name, facts, at_most=LONGEST_NOTICE)
    except TemplateBroken as broken:
        report_broken_template(services, name, broken)
        text = wording.plain_notice(facts)
    return f"{labels(services, language)['drill']}\n{text}" if incident.is_drill else text


def channel_of(context: Context) -> str:
    """The partner's channel; the notice's own channel is known only once it was sent."""
    return channel_id(context.services, partner_of(context.services, context.row.subject).channel or "")


def _facts(
    session: Session, services: Services, incident: Incident, row: PartnerNotice, now: datetime
) -> dict[str, Any]:
    language = partner_of(services, row.partner).language
    severity = services.floor.severity(incident.severity)
    text = incident_text(session, services, incident, situation_tables.current(session, incident.number), language)
    text_for_outsiders = for_outsiders(session, services, text, language, row.partner)
    title = text_for_outsiders(SituationField.TITLE) or text.type
    return {
        "partner": escape(row.partner),
        "title": one_line(title, TITLE),
        "emoji": severity.emoji,
        "meaning": escape(severity.guidance),
        "impact": one_line(text_for_outsiders(SituationField.IMPACT), IMPACT),
        "places": one_line(", ".join(_places_beside(title, text.sites)), TITLE),
        "status": str(incident.status),
        "is_over": row.cleared_at is not None or incident.status not in OPEN,
        "started": near_time(started_at(session, incident.number) or incident.declared_at, now),
        "lasting": format_duration(incident.resolved_at - incident.declared_at) if incident.resolved_at else "",
        "next_update": _next_update(session, services, incident, row, now),
    } | _guidance(session, services, incident, row)


def _places_beside(title: str, sites: Sequence[str]) -> Sequence[str]:
    """The sites, unless the title names all of them: some without the others would read as if they were all."""
    return (
        () if all(re.search(rf"(?<!\w){re.escape(site)}(?!\w)", title, re.IGNORECASE) for site in sites) else sites
    )


def _guidance(session: Session, services: Services, incident: Incident, row: PartnerNotice) -> dict[str, str]:
    """The guidance in the partner's language, filtered for outsiders; empty where nothing was written."""
    language = partner_of(services, row.partner).language
    text_for_outsiders = guidance.outside_reading(session, services, language, row.partner)
    texts = guidance.texts_in(session, incident.number, language)
    return {str(field): escape(shorten(text_for_outsiders(field, text), LONGEST)) for field, text in texts.items()}


def _next_update(
    session: Session, services: Services, incident: Incident, row: PartnerNotice, now: datetime
) -> str:
    """When this channel's next regular update is due, if one is promised; not one that the notice replaces."""
    audiences_here = [name for name, audience in services.floor.audiences.items() if PARTNERS in audience.channels]
    until = (row.told_at or now) + NOTICE_SUFFICES
    due_at = services.get(Registry).ask(NEXT_UPDATE)(session, services, incident, audiences_here, until)
    return near_time(due_at, now) if due_at and incident.status in OPEN and not incident.is_private else ""


def reply_in_thread(
    session: Session, services: Services, row: PartnerNotice, label: str, now: datetime, *, key: str
) -> bool:
    """Reply with one short sentence in the notice's thread; False if there is no notice."""
    display = outbox.find(session, row.incident_id, kinds.PARTNER, row.partner)
    if display is None or display.ts is None or row.channel_id is None:
        return False
    text = labels(services, partner_of(services, row.partner).language)[label]
    outbox.enqueue(
        session,
        kinds.PARTNER_REPLY,
        key,
        now,
        incident_id=row.incident_id,
        subject=f"{label}:{row.partner}",
        payload={"text": text},
        channel_id=row.channel_id,
        thread_ts=display.ts,
    )
    return True


def post_updates(change: Change, event: UpdateDue) -> None:
    """Post the update in the notice's thread of each partner whose channel does not get it already.

    Nothing is sent once the incident is over: the all-clear says so in the same thread.
    """
    session, incident = change.session, change.incident
    audience = change.services.floor.audiences[event.audience]
    if PARTNERS not in audience.channels or incident.status not in OPEN or incident.is_private:
        return
    audience_channels = {directory.channel_id(session, name.removeprefix("#")) for name in audience.channels}
    for row in tables.of_incident(session, incident.number):
        display = outbox.find(session, incident.number, kinds.PARTNER, row.partner)
        if row.state != State.TOLD or display is None or display.ts is None or row.channel_id in audience_channels:
            continue
        if event.is_automatic and row.told_at and change.now < row.told_at + NOTICE_SUFFICES:
            continue
        # Each partner reads its own name and no other partner's.
        text, blocks = event.render(partner_of(change.services, row.partner).language, row.partner)
        prefix = f"{_key_prefix(incident.number, event.audience)}{row.number}:"
        outbox.supersede(session, prefix)
        outbox.post(
            session,
            f"{prefix}{event.promise_id}",
            row.channel_id or "",
            text,
            change.now,
            incident_id=incident.number,
            thread_ts=display.ts,
            blocks=blocks,
        )
    outbox.mark_stale(session, incident.number, (kinds.PARTNER,))


def edit_footers(change: Change, event: UpdateAmended) -> None:
    """Correct the time of the next update in the updates below partners' notices, each in its language."""
    session, number = change.session, change.number
    rows = {str(row.number): row for row in tables.of_incident(session, number)}
    key_prefix = _key_prefix(number, event.audience)
    for posted_row in outbox.posts_of(session, number, key_prefix, f":{event.promise_id}"):
        language = partner_of(change.services, rows[posted_row.key.split(":")[-2]].partner).language
        outbox.edit(
            session, posted_row, event.render(event.promise_id, posted_row.text, (language,), True), change.now
        )


def _key_prefix(number: int, audience: str) -> str:
    """The prefix of the keys of an audience's updates to partners; the notice's number and the promise's follow."""
    return f"partner-update:{number}:{audience}:"
