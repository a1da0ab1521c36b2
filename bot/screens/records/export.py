"""One incident as files: its record as JSON, tables for a spreadsheet, post-mortem, picture of its timeline."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.directory import tables as directory
from bot.errors import WatchfloorError
from bot.escalation import tables as escalation
from bot.followups import tables as followups
from bot.incidents import tables as incidents
from bot.partners import tables as partners
from bot.playbooks import tables as playbooks
from bot.postmortems.facts import write
from bot.postmortems.rendering import NAMES, render
from bot.runtime.csv_file import Cell, written
from bot.screens.records import export_record
from bot.screens.timeline.pictures import picture
from bot.services import Services
from bot.timeline import tables as timeline
from bot.timeline import wording
from bot.updates import tables as updates

Files = dict[str, bytes]
Rows = Sequence[Sequence[Cell]]

TIMELINE = ("number", "at (UTC)", "kind", "who", "words", "marked")
UPDATES = (
    "number",
    "audience",
    "due at (UTC)",
    "sent at (UTC)",
    "seconds late",
    "missed before",
    "occasion",
    "words",
)
STEPS = (
    "playbook",
    "step",
    "state",
    "owner",
    "due at (UTC)",
    "finished at (UTC)",
    "finished by",
    "reason",
    "answers",
)
FOLLOW_UPS = ("number", "what", "kind", "owner", "due on", "state", "finished at (UTC)", "finished by", "link")
PAGES = ("number", "who", "tier", "asked by", "reason", "told at (UTC)", "answer", "answered at (UTC)", "obstacle")
PARTNERS = (
    "partner",
    "state",
    "told at (UTC)",
    "severity told",
    "answer",
    "answered at (UTC)",
    "by",
    "agents affected",
)


class PrivateIncident(WatchfloorError):
    """Incident {number} is private, and its words would stand in files. If that is meant, add `--private`."""


def files_of(services: Services, number: int, now: datetime, *, is_private_meant: bool = False) -> Files:
    """Everything of one incident by the names of its files; `PrivateIncident` unless that is meant.

    `TryLater` when the picture of its timeline could not be drawn.
    """
    with services.store.reading() as session:
        incident = incidents.by_number(session, number)
        if incident.is_private and not is_private_meant:
            raise PrivateIncident(number=number)
        record = export_record.record(session, number, now)
        name = _Names(record["people"], directory.names(session, _spoken_of(session, number)))
        files = {
            "incident.json": json.dumps(record, ensure_ascii=False, indent=2).encode(),
            "timeline.csv": written(TIMELINE, _timeline(session, services, number, name)),
            "updates.csv": written(UPDATES, _updates(session, number)),
            "steps.csv": written(STEPS, _steps(session, number, name)),
            "follow-ups.csv": written(FOLLOW_UPS, _follow_ups(session, number, name)),
            "pages.csv": written(PAGES, _pages(session, number, name)),
            "partners.csv": written(PARTNERS, _partners(session, number, name)),
        }
    document = write(services, number, now)
    documents = {NAMES[kind].format(number=number): render(services.templates, document, kind) for kind in NAMES}
    files |= {name: words.encode() for name, words in documents.items()}
    return files | {"timeline.png": picture(services, number, now, name)}


class _Names:
    """How people are called in the files: by name, with their id where none is known."""

    def __init__(self, *known: dict[str, str]) -> None:
        self._known = {user_id: name for names in known for user_id, name in names.items()}

    def __call__(self, user_id: str | None) -> str:
        return self._known.get(user_id or "", user_id or "")


def _spoken_of(session: Session, number: int) -> set[str]:
    return {who for entry in timeline.entries(session, number) for who in wording.people_in(entry.facts)}


def _timeline(session: Session, services: Services, number: int, name: _Names) -> Rows:
    language = services.floor.language
    return [
        (
            entry.number,
            entry.at,
            entry.kind,
            name(entry.actor_id),
            wording.told(entry, name, language),
            "yes" if entry.is_marked else "",
        )
        for entry in timeline.entries(session, number)
    ]


def _updates(session: Session, number: int) -> Rows:
    return [
        (
            promise.number,
            promise.audience,
            promise.due_at,
            promise.sent_at,
            int((promise.sent_at - promise.due_at).total_seconds()) if promise.sent_at else None,
            promise.missed,
            promise.occasion,
            promise.words,
        )
        for promise in updates.of_incident(session, number)
    ]


def _steps(session: Session, number: int, name: _Names) -> Rows:
    return [
        (
            run.title,
            step.title,
            step.state,
            name(step.owner_id) or step.owner_role,
            step.due_at,
            step.finished_at,
            name(step.finished_by),
            step.reason,
            json.dumps(step.answers, ensure_ascii=False) if step.answers else "",
        )
        for run in playbooks.runs_of(session, number)
        for step in playbooks.steps_of(session, run.number)
    ]


def _follow_ups(session: Session, number: int, name: _Names) -> Rows:
    return [
        (
            one.number,
            one.words,
            one.kind,
            name(one.owner_id),
            one.due_on.isoformat(),
            one.state,
            one.finished_at,
            name(one.finished_by),
            one.link,
        )
        for one in followups.of_incident(session, number)
    ]


def _pages(session: Session, number: int, name: _Names) -> Rows:
    return [
        (
            page.number,
            name(page.user_id),
            None if page.tier is None else page.tier + 1,
            name(page.asked_by),
            page.reason,
            page.told_at,
            page.answer,
            page.answered_at,
            page.obstacle,
        )
        for page in escalation.pages(session, number)
    ]


def _partners(session: Session, number: int, name: _Names) -> Rows:
    return [
        (
            notice.partner,
            notice.state,
            notice.told_at,
            notice.told_severity,
            notice.answer,
            notice.answered_at,
            name(notice.answered_by),
            notice.agents,
        )
        for notice in partners.of_incident(session, number)
    ]
