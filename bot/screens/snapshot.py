"""Everything the card says, gathered from the nouns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.incidents import tables as incidents
from bot.incidents.tables import Incident
from bot.incidents.views import IncidentFacts
from bot.outbox import kinds
from bot.outbox import tables as outbox
from bot.playbooks import tables as playbooks
from bot.playbooks import views as playbook_views
from bot.playbooks.tables import PlaybookRun, PlaybookStep
from bot.runtime.clock import utcnow
from bot.slack.text import escape
from bot.updates import tables as updates

TROUBLE = {
    kinds.DIGEST: "The message in the incidents channel could not be shown",
    kinds.TOPIC: "The topic could not be set",
    kinds.PIN: "The card could not be pinned",
    kinds.BOOKMARK: "The bookmark could not be added",
    kinds.RUN: "The playbook's message could not be shown",
}


@dataclass(frozen=True)
class RunSeen:
    """A playbook run and its steps."""

    run: PlaybookRun
    steps: Sequence[PlaybookStep]


@dataclass(frozen=True)
class Scene:
    """One reading of an incident: everything that is shown of it is drawn from this."""

    facts: IncidentFacts
    runs: Sequence[RunSeen]

    @property
    def incident(self) -> Incident:
        """Whose scene it is."""
        return self.facts.incident

    def run(self, number: int) -> RunSeen:
        """A run of this incident by its number."""
        return next(seen for seen in self.runs if seen.run.number == number)


def read_scene(session: Session, incident: Incident) -> Scene:
    """Read the incident once, for all that is to be drawn of it."""
    now = utcnow()
    runs = [
        RunSeen(run, playbooks.steps_of(session, run.number)) for run in playbooks.runs_of(session, incident.number)
    ]
    running = [seen for seen in runs if seen.run.is_running]
    due = [promise.due_at for promise in updates.waiting(session, incident.number)]
    facts = IncidentFacts(
        incident=incident,
        roles=incidents.roles(session, incident.number),
        now=now,
        next_update_at=min(due, default=None),
        progress=tuple(_progress(seen) for seen in running),
        next_step=_next_step(running[0], now) if running else "",
        troubles=tuple(_troubles(session, incident.number)),
    )
    return Scene(facts, runs)


def _progress(seen: RunSeen) -> str:
    return f"📋 {escape(seen.run.title)} {playbook_views.progress_line(seen.steps)}"


def _next_step(seen: RunSeen, now: datetime) -> str:
    return f"Next: {playbook_views.next_step_line(seen.steps, now)}"


def _troubles(session: Session, number: int) -> list[str]:
    return [
        f"{TROUBLE[display.kind]} ({display.error})."
        for display in outbox.of_incident(session, number)
        if display.error and display.kind in TROUBLE
    ]
