"""Playbooks at work: started with an incident or by hand, their steps done, skipped, given and taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.directory.rules import NotForGuests
from bot.displays import tables as displays
from bot.errors import WatchfloorError
from bot.flows.changes import changing
from bot.flows.directory import who
from bot.incidents import rules
from bot.incidents.tables import Incident
from bot.playbooks import rules as playbook_rules
from bot.playbooks import runs, steps
from bot.playbooks import tables as playbooks
from bot.playbooks.rules import IncidentFacts
from bot.playbooks.steps import StepChange
from bot.playbooks.tables import PlaybookRun
from bot.services import Services
from bot.slack.text import escape
from bot.timeline import tables as timeline


class UnknownPlaybook(WatchfloorError):
    """There is no playbook `{given}`. There are: {known}."""


def facts_of(incident: Incident) -> IncidentFacts:
    """What playbooks need to know of an incident."""
    return IncidentFacts(
        severity=incident.severity,
        type=incident.type,
        sites=tuple(incident.sites),
        partners=tuple(incident.partners),
        started_at=incident.declared_at,
    )


def start_playbook(
    session: Session, services: Services, incident: Incident, name: str | None, by: str | None, now: datetime
) -> PlaybookRun | None:
    """Start the playbook of that name, or the one that fits the incident; None when none fits."""
    known = services.shelf.library.playbooks
    facts = facts_of(incident)
    chosen = name or playbook_rules.pick(known, facts)
    if chosen is None:
        return None
    if chosen not in known:
        raise UnknownPlaybook(given=escape(chosen[:60]), known=", ".join(sorted(known)) or "none yet")
    run = runs.start_run(session, incident.number, chosen, known[chosen], facts, by or incident.declared_by, now)
    if displays.find(session, incident.number, displays.RUN, str(run.number)) is None:
        displays.add(session, incident.number, displays.RUN, now, str(run.number))
        timeline.append(session, incident.number, "playbook_started", now, by, playbook=run.title)
    return run


def start_by_hand(services: Services, number: int, name: str, by: str, now: datetime) -> str:
    """Start one more playbook in an incident. Gives back what to answer."""
    with changing(services, number, by) as (session, incident):
        rules.check_may_change(number, incident.status)
        run = start_playbook(session, services, incident, name, by, now)
    return f"The playbook “{escape(run.title)}” is running; its message is in the channel." if run else ""


def list_playbooks(services: Services, number: int) -> str:
    """What runs in an incident and what could be started."""
    with services.store.reading() as session:
        running = [run for run in playbooks.runs_of(session, number) if run.is_running]
    lines = [f"• “{escape(run.title)}” is running" for run in running] or ["No playbook is running."]
    known = services.shelf.library.playbooks
    lines.append("`/incident playbook start NAME` starts one of these:")
    lines += [f"• `{name}` {escape(book.title)}" for name, book in sorted(known.items())]
    return "\n".join(lines)


def complete(
    services: Services, step_id: int, by: str, now: datetime, answers: dict[str, Any] | None = None
) -> int:
    """Mark a step done; gives back the incident's number."""
    return _change(services, step_id, by, lambda session: steps.complete(session, step_id, by, now, answers))


def skip(services: Services, step_id: int, by: str, reason: str, now: datetime) -> int:
    """Leave a step out, for a reason."""
    return _change(services, step_id, by, lambda session: steps.skip(session, step_id, by, reason, now))


def take(services: Services, step_id: int, by: str, now: datetime) -> int:
    """Make a step one's own."""
    return _change(services, step_id, by, lambda session: steps.take(session, step_id, by, now))


def assign(services: Services, step_id: int, to: str, by: str, now: datetime) -> int:
    """Give a step to a person."""
    if not who(services, to).may_act:
        raise NotForGuests()
    return _change(services, step_id, by, lambda session: steps.assign(session, step_id, to, by, now))


def undo(services: Services, step_id: int, by: str, now: datetime) -> int:
    """Open a finished step again."""
    return _change(services, step_id, by, lambda session: steps.undo(session, step_id, by, now))


def _change(services: Services, step_id: int, by: str, act: Callable[[Session], StepChange]) -> int:
    with services.store.reading() as session:
        number = playbooks.find_step(session, step_id).incident_id
    with changing(services, number, by, "steps") as (session, incident):
        rules.check_may_change(number, incident.status)
        change = act(session)
        facts = {"step": change.title, **change.facts}
        if "owner_id" in facts:
            facts["user"] = facts.pop("owner_id")
        timeline.append(session, number, change.kind, change.at, change.by, **facts)
    return number
