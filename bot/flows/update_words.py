"""What an update says, from the incident's state and what happened since the last one."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import escape, lasting, near_time, one_line
from bot.templates import TemplateBroken
from bot.timeline import tables as timeline
from bot.timeline import wording
from bot.timeline.tables import TimelineEntry
from bot.updates import tables, views
from bot.updates.tables import Promise

log = logging.getLogger(__name__)

TOLD_KINDS = (
    "severity",
    "status",
    "resolved",
    "reopened",
    "closed",
    "impact",
    "step_done",
    "role_given",
    "role_taken",
    "role_handed_over",
)
CHANGES_TOLD = 6
TEMPLATE = "stakeholder_update/en.j2"


def compose(session: Session, services: Services, incident: Incident, promise: Promise, now: datetime) -> str:
    """The update's words; a broken template falls back to plain wording and never stops the update."""
    facts = _facts(session, services, incident, promise, now)
    try:
        return services.templates.render(TEMPLATE, facts)
    except TemplateBroken as broken:
        log.error("template broken", extra={"template": TEMPLATE, "reason": broken.sentence})
        return views.plain(facts)


def _facts(
    session: Session, services: Services, incident: Incident, promise: Promise, now: datetime
) -> dict[str, object]:
    lead = incidents.commander(session, incident.number)
    named = directory.names(session, [lead] if lead else [])
    return {
        "number": incident.number,
        "title": one_line(incident.title, 200),
        "severity": incident.severity,
        "emoji": services.floor.severity(incident.severity).emoji,
        "meaning": escape(services.floor.severity(incident.severity).guidance),
        "status": incident.status,
        "impact": one_line(incident.impact, 500),
        "news": escape(promise.words),
        "changes": _changes(session, incident, promise, now),
        "lead": escape(named.get(lead, "") if lead else ""),
        "lasting": lasting((incident.resolved_at or now) - incident.declared_at),
        "next_update": near_time(promise.next_due_at, now) if promise.next_due_at else "",
        "missed": promise.missed,
        "occasion": promise.occasion.partition(":")[0],
    }


def _changes(session: Session, incident: Incident, promise: Promise, now: datetime) -> list[str]:
    last = tables.last_sent(session, incident.number, promise.audience)
    since = last.sent_at if last and last.sent_at else incident.declared_at
    told = list(timeline.since(session, incident.number, since, TOLD_KINDS))[-CHANGES_TOLD:]
    people = directory.names(session, _people(told))
    return [f"{near_time(entry.at, now)} {one_line(_sentence(entry, people), 300)}" for entry in told]


def _people(entries: Sequence[TimelineEntry]) -> set[str]:
    named = {who for entry in entries for who in (entry.actor_id, *wording.people_in(entry.facts))}
    return {who for who in named if who}


def _sentence(entry: TimelineEntry, people: dict[str, str]) -> str:
    # The impact itself stands above; below it is only said who changed it.
    facts = entry.facts | ({"text": "as above"} if entry.kind == "impact" else {})
    return wording.sentence(entry.kind, entry.actor_id, facts, lambda user_id: people.get(user_id, "someone"))
