"""Playbooks, incidents and runs to test with, in a few words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import yaml
from sqlmodel import Session

from bot.incidents.tables import Incident
from bot.playbooks.playbook import Playbook
from bot.playbooks.rules import IncidentFacts
from bot.playbooks.runs import start_run
from bot.playbooks.tables import PlaybookRun
from bot.runtime.database import Database
from tests import prepared

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def after(**length: float) -> datetime:
    """So much after the start."""
    return NOON + timedelta(**length)


def facts(severity="S1", type="telephony", sites=(), partners=(), started_at=NOON) -> IncidentFacts:
    return IncidentFacts(severity, type, tuple(sites), tuple(partners), started_at)


def book(*steps: str, **more) -> Playbook:
    """A playbook of one phase; each step is YAML in braces without the braces: `id: call, title: Call`."""
    return phases({"now": steps}, **more)


def phases(written: dict[str, tuple[str, ...]], **more) -> Playbook:
    """A playbook of several phases."""
    parts = [
        {"id": name, "title": name.title(), "steps": [_step(step) for step in steps]}
        for name, steps in written.items()
    ]
    return Playbook.model_validate({"title": "Phones", "summary": "Phones are down.", "phases": parts} | more)


def _step(words: str) -> dict:
    step = yaml.safe_load("{" + words + "}")
    return {"title": step["id"].capitalize()} | step


def database(folder: Path) -> Database:
    """An empty database with every table."""
    return Database(prepared.database(folder))


def declared(session: Session) -> int:
    """An incident's id."""
    incident = Incident(
        declared_key=uuid4().hex, title="IVR down", severity="S1", declared_by="UANA", declared_at=NOON
    )
    session.add(incident)
    session.flush()
    return incident.number


def started(session: Session, playbook: Playbook, name: str = "phones", **given) -> PlaybookRun:
    """A run of the playbook in a new incident."""
    return start_run(session, declared(session), name, playbook, facts(**given), "UANA", NOON)
