"""The facts of an update, from the incident's state and what happened since the last one; escaped already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.config.floor import Audience, Moment
from bot.directory import tables as directory
from bot.incidents import tables as incidents
from bot.incidents.facts import STEPS_TAKEN
from bot.incidents.outside_filter import outside_filter
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN
from bot.incidents.tables import Incident
from bot.services import Services
from bot.slack.text import channel_link, escape, format_duration, near_time, one_line, shorten, to_plain_text
from bot.slack.text import time_of_ts as moment_of
from bot.timeline import tables as timeline
from bot.timeline.observed_message import from_json
from bot.timeline.tables import TimelineEntry
from bot.timeline.wording import user_ids_in
from bot.updates import tables, variables
from bot.updates.tables import Choice, Promise

MARKED_KIND = "message"
REPORTED_KINDS = (
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
# What is said outside of what happened: where it stands, never who did what.
REPORTED_OUTSIDE = ("status", "resolved", "reopened", "closed")
HIDDEN_OUTSIDE: dict[str, Any] = {"lead": "", "channel": "", "doing": []}


# Who wrote what is new, or says that nothing is, has read what happened.
AUTOMATIC_CHOICES = (Choice.NONE, Choice.NOW)


@dataclass(frozen=True)
class UpdateContext:
    """Which update to whom: everything the facts depend on besides the incident itself."""

    promise: Promise
    audience: Audience
    now: datetime


def facts_of(session: Session, services: Services, incident: Incident, context: UpdateContext) -> dict[str, Any]:
    """Every variable of `docs/templates.md`, as the audience may read it."""
    promise, audience, now = context.promise, context.audience, context.now
    severity = services.floor.severity(incident.severity)
    since = _since(session, incident, promise)
    changes = _changes(session, incident, since, context) if promise.choice in AUTOMATIC_CHOICES else []
    facts = {
        "number": incident.number,
        "title": one_line(incident.title, variables.TITLE),
        "severity": incident.severity,
        "emoji": severity.emoji,
        "meaning": escape(severity.guidance),
        "type": escape(services.floor.types.get(incident.type, incident.type)),
        # One partner is not told of another.
        "places": escape(", ".join([*incident.sites, *([] if audience.outside else incident.partners)])),
        "status": str(incident.status),
        "is_over": incident.status not in OPEN,
        "impact": one_line(incident.impact, variables.IMPACT),
        "news": shorten(escape(promise.words.strip()), variables.NEWS),
        "changes": changes[-variables.CHANGES_TOLD :],
        "more_changes": max(0, len(changes) - variables.CHANGES_TOLD),
        "started": near_time(incident.declared_at, now),
        "lasting": format_duration(max((incident.resolved_at or now) - incident.declared_at, timedelta(minutes=1))),
        "missed": promise.missed,
        "occasion": promise.occasion.partition(":")[0],
        "audience": escape(audience.title),
        "last_update": near_time(since, now) if since else "",
        "unchanged_since": ""
        if changes or promise.words.strip() or not since
        else _unchanged(session, incident, now),
    }
    facts |= _next_update(session, incident, context)
    return facts | (HIDDEN_OUTSIDE if audience.outside else _inside_facts(session, services, incident, now))


def _inside_facts(session: Session, services: Services, incident: Incident, now: datetime) -> dict[str, Any]:
    """What only colleagues are told: who leads, where, and the steps that are being worked on."""
    lead = incidents.commander(session, incident.number)
    names = directory.display_names(session, [lead] if lead else [])
    steps_in_progress: list[str] = []
    if incident.status in OPEN:
        taken = services.get(Registry).ask(STEPS_TAKEN)(session, incident.number)
        steps_in_progress = [one_line(step.title, variables.CHANGE) for step in taken]
    return {
        "lead": escape(names.get(lead, "") if lead else ""),
        "channel": channel_link(incident.channel_id) if incident.channel_id else "",
        "doing": steps_in_progress[: variables.STEPS_TOLD],
    }


def facts_outside(
    session: Session,
    services: Services,
    incident: Incident,
    promise: Promise,
    facts: dict[str, Any],
    language: str,
    reader: str = "",
) -> dict[str, Any]:
    """The same facts without internal names and guesses; a title that says nothing else gives way to the type."""
    redact = outside_filter(session, services, language, reader)
    title = one_line(redact(incident.title), variables.TITLE)
    return facts | {
        "title": title or facts["type"],
        "impact": one_line(redact(incident.impact), variables.IMPACT),
        "news": shorten(escape(redact(promise.words)), variables.NEWS),
    }


def _since(session: Session, incident: Incident, promise: Promise) -> datetime | None:
    """When the last update to this audience was composed; None before the first."""
    last = tables.last_sent(session, incident.number, promise.audience)
    return (last.composed_at or last.sent_at) if last else None


def _unchanged(session: Session, incident: Incident, now: datetime) -> str:
    """Since when nothing has changed. Before the first update nothing could."""
    last = timeline.last_of(session, incident.number, (*REPORTED_KINDS, "declared"))
    return near_time(last.at if last else incident.declared_at, now)


def _next_update(session: Session, incident: Incident, context: UpdateContext) -> dict[str, str]:
    """When the next update comes: at a time, when something changes, at the close, or never again."""
    promise, now = context.promise, context.now
    waiting = [
        other.due_at
        for other in tables.waiting(session, incident.number, promise.audience)
        if other.id != promise.id and other.due_at > now
    ]
    due_at = promise.next_due_at or min(waiting, default=None)
    if incident.status not in OPEN:
        return {"next_update": near_time(due_at, now) if due_at else "", "next_when": ""}
    if due_at:
        return {"next_update": near_time(due_at, now), "next_when": "clock"}
    cadence = context.audience.usual_cadence(incident.severity)
    return {"next_update": "", "next_when": "close" if cadence == Moment.AT_CLOSE else "change"}


def _changes(
    session: Session, incident: Incident, since: datetime | None, context: UpdateContext
) -> list[dict[str, str]]:
    """What happened since the last update, the oldest first: who, what, when, each in its own words."""
    moment = since or incident.declared_at
    kinds = REPORTED_OUTSIDE if context.audience.outside else REPORTED_KINDS
    entries = list(timeline.since(session, incident.number, moment, kinds))
    if not context.audience.outside:
        entries += [entry for entry in timeline.marked(session, incident.number) if _is_news(entry, moment)]
    entries.sort(key=lambda entry: entry.at)
    people = directory.display_names(session, _people(entries))
    return [_change(entry, people, context) for entry in entries]


def _is_news(entry: TimelineEntry, since: datetime) -> bool:
    """Was the message marked since then? It may have been said long before. What was deleted is told no more."""
    if entry.kind != MARKED_KIND or entry.facts.get("deleted_at") or not entry.heard:
        return False
    marks = from_json(entry.heard).marks
    return any(mark.is_on and moment_of(mark.ts) > since for mark in marks)


def _people(entries: Sequence[TimelineEntry]) -> set[str]:
    user_ids = {who for entry in entries for who in (entry.actor_id, *user_ids_in(entry.facts))}
    return {who for who in user_ids if who}


def _change(entry: TimelineEntry, people: dict[str, str], context: UpdateContext) -> dict[str, str]:
    values = {name: str(entry.facts.get(name) or "") for name in ("old", "new", "step", "role")}
    if not context.audience.outside:
        values |= {
            "who": people.get(entry.actor_id or "", ""),
            "user": people.get(str(entry.facts.get("user") or ""), ""),
            "reason": str(entry.facts.get("reason") or ""),
            "answers": _answers(entry, people),
            # The impact itself stands above; below it is only said who changed it.
            "text": to_plain_text(str(entry.facts.get("text") or ""), people.get)
            if entry.kind == MARKED_KIND
            else "",
        }
    else:
        values |= {"who": "", "user": "", "reason": "", "answers": "", "text": ""}
    shortened = {name: one_line(words, variables.CHANGE) for name, words in values.items()}
    return shortened | {"kind": entry.kind, "at": near_time(entry.at, context.now)}


def _answers(entry: TimelineEntry, people: dict[str, str]) -> str:
    answers = entry.facts.get("answers") or {}
    return "; ".join(f"{asked} {to_plain_text(str(answer), people.get)}" for asked, answer in answers.items())
