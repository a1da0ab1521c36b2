"""Short builders of playbooks, incidents and runs for tests."""

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
    """Return the time that long after the start."""
    return NOON + timedelta(**length)


def facts(severity="S1", type="telephony", sites=(), partners=(), started_at=NOON) -> IncidentFacts:
    return IncidentFacts(severity, type, tuple(sites), tuple(partners), started_at)


def book(*steps: str, **more) -> Playbook:
    """Return a playbook of one phase; each step is the inside of a YAML mapping: `id: call, title: Call`."""
    return phases({"now": steps}, **more)


def phases(steps_of_phases: dict[str, tuple[str, ...]], **more) -> Playbook:
    """Return a playbook of several phases."""
    parts = [
        {"id": name, "title": name.title(), "steps": [_step(step) for step in steps]}
        for name, steps in steps_of_phases.items()
    ]
    return Playbook.model_validate({"title": "Phones", "summary": "Phones are down.", "phases": parts} | more)


def _step(words: str) -> dict:
    step = yaml.safe_load("{" + words + "}")
    return {"title": step["id"].capitalize()} | step


def database(folder: Path) -> Database:
    """Return an empty database with every table."""
    return Database(prepared.database(folder))


def declared(session: Session) -> int:
    """Declare an incident and return its id."""
    incident = Incident(
        declared_key=uuid4().hex, title="IVR down", severity="S1", declared_by="UANA", declared_at=NOON
    )
    session.add(incident)
    session.flush()
    return incident.number


def started(session: Session, playbook: Playbook, name: str = "phones", **incident_facts) -> PlaybookRun:
    """Start a run of the playbook in a new incident."""
    return start_run(session, declared(session), name, playbook, facts(**incident_facts), "UANA", NOON)
