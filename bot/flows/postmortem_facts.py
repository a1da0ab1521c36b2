"""Everything the post-mortem draft says, gathered from the record. What is not on record is said to be unknown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from bot.directory import tables as directory
from bot.flows import playbook_facts
from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.playbooks import tables as playbooks
from bot.postmortems import rules
from bot.postmortems.rules import Change, harmless, time_to
from bot.services import Services
from bot.slack.text import lasting, spoken
from bot.timeline import tables as timeline
from bot.timeline import wording
from bot.timeline.tables import TimelineEntry
from bot.updates import tables as updates
from bot.updates.rules import LATE_AFTER

Facts = dict[str, Any]
Naming = wording.Naming

SPEECH = "message"


def gather(session: Session, services: Services, number: int, now: datetime) -> Facts:
    """The facts of an incident; every word that a person typed is harmless in Markdown."""
    incident = incidents.by_number(session, number)
    entries = timeline.entries(session, number)
    name = _naming(session, incident, entries)
    return {
        "number": number,
        "title": harmless(incident.title),
        "description": harmless(incident.description) or rules.UNKNOWN,
        "impact": harmless(incident.impact) or rules.UNKNOWN,
        "type": services.floor.types.get(incident.type, incident.type),
        "places": ", ".join(map(harmless, [*incident.sites, *incident.partners])) or rules.UNKNOWN,
        "severity": incident.severity,
        "status": incident.status,
        "is_private": incident.is_private,
        "written_at": _moment(now),
        "severities": _severities(incident, entries, name, now),
        "roles": _roles(session, services, number, name),
        "milestones": _milestones(incident, entries, name),
        "figures": _figures(incident, entries),
        "entries": [_entry(entry, name) for entry in entries],
        "updates": _updates(session, services, number),
        "kept": _kept(session, number),
        "runs": playbook_facts.runs(session, number, name),
        "marked": [_entry(entry, name) for entry in entries if entry.facts.get("marked_by")],
    }


def _naming(session: Session, incident: Incident, entries: Sequence[TimelineEntry]) -> Naming:
    people = {incident.declared_by}
    for entry in entries:
        people |= {who for who in (entry.actor_id, *wording.people_in(entry.facts)) if who}
    for held in incidents.roles(session, incident.number).values():
        people |= set(held)
    for run in playbooks.runs_of(session, incident.number):
        for step in playbooks.steps_of(session, run.number):
            people |= {who for who in (step.owner_id, step.finished_by) if who}
    names = directory.names(session, people)
    return lambda user_id: names.get(user_id or "", user_id or "Watchfloor")


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else rules.UNKNOWN


def _severities(
    incident: Incident, entries: Sequence[TimelineEntry], name: Naming, now: datetime
) -> list[rules.Span]:
    changes = [_change(entry, name) for entry in entries if entry.kind == "severity"]
    first = next((entry.facts["severity"] for entry in entries if entry.kind == "declared"), incident.severity)
    end = incident.resolved_at or incident.closed_at or now
    return rules.spans(first, incident.declared_at, changes, end)


def _change(entry: TimelineEntry, name: Naming) -> Change:
    by = harmless(name(entry.actor_id or ""))
    return Change(entry.at, entry.facts["new"], by, harmless(entry.facts.get("reason", "")))


def _roles(session: Session, services: Services, number: int, name: Naming) -> list[Facts]:
    held = incidents.roles(session, number)
    return [
        {"title": role.title, "people": harmless(", ".join(map(name, held.get(key, [])))) or "nobody"}
        for key, role in services.floor.roles.items()
    ]


def _first(entries: Sequence[TimelineEntry], *kinds: str) -> datetime | None:
    return next((entry.at for entry in entries if entry.kind in kinds), None)


def _commander_named(entries: Sequence[TimelineEntry]) -> datetime | None:
    given = ("role_taken", "role_given")
    return next(
        (entry.at for entry in entries if entry.kind in given and "ommander" in entry.facts.get("role", "")), None
    )


def _milestones(incident: Incident, entries: Sequence[TimelineEntry], name: Naming) -> list[Facts]:
    rows = [
        ("Started", None, "ask the commander; estimate it and say on what basis"),
        ("Declared", incident.declared_at, f"by {harmless(name(incident.declared_by))}"),
        ("Commander named", _commander_named(entries), ""),
        ("First update sent", _first(entries, "update_sent"), ""),
        ("Mitigated", incident.mitigated_at, ""),
        ("Resolved", incident.resolved_at, ""),
        ("Closed", incident.closed_at, ""),
    ]
    return [{"title": title, "at": _moment(at), "note": note} for title, at, note in rows]


def _figures(incident: Incident, entries: Sequence[TimelineEntry]) -> list[Facts]:
    declared = incident.declared_at
    rows = [
        ("Time to a commander", "declared → commander named", declared, _commander_named(entries)),
        ("Time to the first update", "declared → first update sent", declared, _first(entries, "update_sent")),
        ("Time to mitigate", "declared → mitigated", declared, incident.mitigated_at),
        ("Time to resolve", "declared → resolved", declared, incident.resolved_at),
    ]
    return [
        {"title": title, "definition": definition, "value": time_to(start, end)}
        for title, definition, start, end in rows
    ]


def _entry(entry: TimelineEntry, name: Naming) -> Facts:
    words = wording.sentence(entry.kind, entry.actor_id, entry.facts, name)
    if entry.facts.get("deleted_at"):
        words = f"{name(entry.actor_id or '')} deleted a message"
    return {
        "number": entry.id,
        "at": _moment(entry.at),
        "words": harmless(words + _trail(entry, name)),
        "is_speech": entry.kind == SPEECH,
        "is_marked": bool(entry.facts.get("marked_by")),
    }


def _trail(entry: TimelineEntry, name: Naming) -> str:
    """What became of a message: its files, its thread, what it said before it was edited."""
    if entry.kind != SPEECH or entry.facts.get("deleted_at"):
        return ""
    facts = entry.facts
    notes = ["in a thread"] if facts.get("thread_ts") else []
    notes += [f"files: {', '.join(facts['files'])}"] if facts.get("files") else []
    notes += [f"said before: {spoken(words, name)}" for words in facts.get("earlier", [])]
    return f" [{'; '.join(notes)}]" if notes else ""


def _updates(session: Session, services: Services, number: int) -> list[Facts]:
    return [
        {
            "audience": _title(services, promise.audience),
            "due": _moment(promise.due_at),
            "sent": _moment(promise.sent_at) if promise.sent_at else "not sent",
            "late": lasting(promise.sent_at - promise.due_at)
            if promise.sent_at and promise.sent_at - promise.due_at > LATE_AFTER
            else "",
            "missed": promise.missed,
        }
        for promise in updates.of_incident(session, number)
    ]


def _title(services: Services, audience: str) -> str:
    known = services.floor.audiences.get(audience)
    return harmless(known.title if known else audience)


def _kept(session: Session, number: int) -> str:
    promised = [
        (promise.due_at, promise.sent_at)
        for promise in updates.of_incident(session, number)
        if promise.occasion == "clock" and promise.state == updates.SENT
    ]
    return rules.adherence(promised, LATE_AFTER)
