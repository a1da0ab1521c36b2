"""Everything that the card shows, gathered from the nouns."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.config.floor import Floor
from bot.frontdoor.tables import CallerMessage, MessageVersion
from bot.impact.watch_tables import Summary
from bot.incidents import channel_loss, incidents
from bot.incidents.caller_views import CallerMessageOn
from bot.incidents.related import RelatedIncident
from bot.incidents.rules import OPEN
from bot.incidents.situation import Situation, Value
from bot.incidents.situation_tables import ORIGINAL, SituationValue
from bot.incidents.tables import Incident, NoSuchIncident, RoleHolder
from bot.incidents.views import MERGED_HERE, MERGED_INTO, RELATED, IncidentFacts, IncidentLink
from bot.outbox import kinds
from bot.outbox.tables import OutboxRow
from bot.playbooks import views as playbook_views
from bot.playbooks.progress import open_steps
from bot.playbooks.step_rows import StepRow, steps_of_incident
from bot.playbooks.tables import PlaybookRun
from bot.runtime.clock import utcnow
from bot.runtime.database import UtcDateTime
from bot.slack.text import escape
from bot.timeline import timeline
from bot.updates.tables import WAITING, Promise

BEING_SENT = timedelta(minutes=1)
TROUBLE_SENTENCES = {
    kinds.DIGEST: "The message in the incidents channel could not be shown",
    kinds.TOPIC: "The topic could not be set",
    kinds.PIN: "The card could not be pinned",
    kinds.BOOKMARK: "The bookmark could not be added",
    kinds.RUN: "The playbook's message could not be shown",
}


LINKS = (MERGED_INTO, MERGED_HERE, RELATED)


class RunSnapshot(Struct, frozen=True):
    """A playbook run and its steps."""

    run: PlaybookRun
    steps: Sequence[StepRow]


class Snapshot(Struct, frozen=True):
    """One reading of an incident, from which all its messages are rendered."""

    facts: IncidentFacts
    runs: Sequence[RunSnapshot]

    @property
    def incident(self) -> Incident:
        return self.facts.incident

    def run(self, number: int) -> RunSnapshot:
        """Return a run of this incident by its number."""
        return next(run_snapshot for run_snapshot in self.runs if run_snapshot.run.number == number)


# Built once: every redraw reads them, in three statements.
_NUMBER: sa.BindParameter[int] = sa.bindparam("number")
_INCIDENT_WITH_RUNS = (
    select(Incident, PlaybookRun)
    .outerjoin(PlaybookRun, col(PlaybookRun.incident_id) == col(Incident.id))
    .where(col(Incident.id) == _NUMBER)
    .order_by(col(PlaybookRun.id))
)
_NO_TIME = sa.cast(sa.null(), UtcDateTime()).label("at")
_ROLE_HOLDERS: Any = sa.select(
    sa.literal("role").label("fact"),
    col(RoleHolder.id).label("place"),
    col(RoleHolder.role).label("name"),
    col(RoleHolder.user_id).label("value"),
    _NO_TIME,
).where(col(RoleHolder.incident_id) == _NUMBER)
_PROMISED_UPDATES = sa.select(
    sa.literal("update"), col(Promise.id), col(Promise.audience), sa.literal(""), col(Promise.due_at)
).where(col(Promise.incident_id) == _NUMBER, col(Promise.state) == WAITING)
_TROUBLED_ROWS = sa.select(
    sa.literal("trouble"), col(OutboxRow.id), col(OutboxRow.kind), col(OutboxRow.error), _NO_TIME
).where(
    col(OutboxRow.incident_id) == _NUMBER,
    col(OutboxRow.error).is_not(None),
    col(OutboxRow.kind).in_(TROUBLE_SENTENCES),
)
# The card does not show who recorded a value; the certainty of a cause is part of the fact's name.
_SITUATION_VALUES = sa.select(
    sa.literal("situation:").concat(col(SituationValue.certainty)),
    col(SituationValue.id),
    col(SituationValue.field),
    col(SituationValue.text),
    col(SituationValue.at),
).where(col(SituationValue.incident_id) == _NUMBER, col(SituationValue.language) == ORIGINAL)
_FIGURES = sa.select(
    sa.literal("figures"), col(Summary.incident_id), sa.literal(""), col(Summary.line), _NO_TIME
).where(col(Summary.incident_id) == _NUMBER)
_CALLERS_HEAR = sa.select(
    sa.literal("callers"),
    col(CallerMessage.id),
    col(MessageVersion.variant),
    sa.func.coalesce(col(CallerMessage.heard_by), ""),
    col(CallerMessage.look_at),
).where(
    col(CallerMessage.incident_id) == _NUMBER,
    col(CallerMessage.off_at).is_(None),
    col(MessageVersion.message_id) == col(CallerMessage.id),
    col(MessageVersion.version) == col(CallerMessage.version),
)
_OTHER = aliased(Incident)


def _link(kind: str, *conditions: Any) -> Any:
    number = sa.cast(col(_OTHER.id), sa.String)
    channel_id = sa.func.coalesce(col(_OTHER.channel_id), "")
    return sa.select(sa.literal(kind), col(_OTHER.id), number, channel_id, _NO_TIME).where(*conditions)


_RELATED_IDS = sa.select(col(RelatedIncident.related_id)).where(col(RelatedIncident.incident_id) == _NUMBER)
_MERGED_INTO_ID = sa.select(col(Incident.merged_into)).where(col(Incident.id) == _NUMBER)
_LINKS = (
    _link(MERGED_INTO, col(_OTHER.id) == _MERGED_INTO_ID.scalar_subquery()),
    _link(MERGED_HERE, col(_OTHER.merged_into) == _NUMBER),
    _link(RELATED, col(_OTHER.id).in_(_RELATED_IDS)),
)
_INCIDENT_FACTS = sa.union_all(
    _ROLE_HOLDERS, _PROMISED_UPDATES, _TROUBLED_ROWS, _SITUATION_VALUES, _FIGURES, _CALLERS_HEAR, *_LINKS
).order_by("place")


def read_snapshot(session: Session, number: int) -> Snapshot:
    """Read the incident once, for everything that is rendered from it. Raises `NoSuchIncident`."""
    now = utcnow()
    incident, runs = _incident_with_runs(session, number)
    running_runs = [run_snapshot for run_snapshot in runs if run_snapshot.run.is_running]
    roles: dict[str, list[str]] = {}
    promised_times: list[datetime] = []
    troubles: list[str] = []
    situation: dict[str, Value] = {}
    figures = ""
    callers_hear: list[CallerMessageOn] = []
    links: list[IncidentLink] = []
    for fact, _, name, value, at in session.connection().execute(_INCIDENT_FACTS, {"number": number}):
        if fact == "role":
            roles.setdefault(name, []).append(value)
        elif fact == "update":
            promised_times.append(at)
        elif fact.startswith("situation:"):
            situation[name] = Value(value, "", at, fact.partition(":")[2])
        elif fact == "figures":
            figures = value
        elif fact == "callers":
            callers_hear.append(CallerMessageOn(name, value, at))
        elif fact in LINKS:
            links.append(IncidentLink(fact, int(name), value))
        else:
            troubles.append(f"{TROUBLE_SENTENCES[name]} ({value}).")
    facts = IncidentFacts(
        incident=incident,
        roles=roles,
        now=now,
        next_update_at=_next_update(promised_times, now),
        progress=tuple(_progress(run_snapshot) for run_snapshot in running_runs),
        next_step=_next_step(running_runs[0], incident.status, now) if running_runs else "",
        troubles=tuple(troubles),
        situation=Situation(**situation),
        figures=figures,
        callers_hear=tuple(callers_hear),
        links=tuple(_without_repeats(links)),
    )
    return Snapshot(facts, runs)


def _without_repeats(links: Sequence[IncidentLink]) -> Iterator[IncidentLink]:
    """Leave out related incidents that are already named as merged."""
    merged_numbers = {link.number for link in links if link.kind != RELATED}
    return (link for link in links if link.kind != RELATED or link.number not in merged_numbers)


def _next_update(promised_times: Sequence[datetime], now: datetime) -> datetime | None:
    """The first promise. One that has just become due is being sent, so the next one counts."""
    upcoming_times = [at for at in promised_times if not now - BEING_SENT < at <= now]
    return min(upcoming_times or promised_times, default=None)


def _incident_with_runs(session: Session, number: int) -> tuple[Incident, list[RunSnapshot]]:
    rows = session.exec(_INCIDENT_WITH_RUNS, params={"number": number}).all()
    if not rows:
        raise NoSuchIncident()
    runs = [run for _, run in rows if run is not None]
    steps = steps_of_incident(session, number) if runs else {}
    return rows[0][0], [RunSnapshot(run, steps.get(run.number, [])) for run in runs]


def _progress(run_snapshot: RunSnapshot) -> str:
    return f"📋 {escape(run_snapshot.run.title)} {playbook_views.progress_line(run_snapshot.steps)}"


def _next_step(run_snapshot: RunSnapshot, status: str, now: datetime) -> str:
    """The step to do next; once the incident is resolved, the next one without which it is not closed."""
    steps = run_snapshot.steps
    if status not in OPEN:
        steps = [step for step in open_steps(steps) if step.required_before == "close"]
    return f"Next: {playbook_views.next_step_line(steps, now)}" if steps or status in OPEN else ""


class OutboxIncidents:
    """What the outbox reads, locks and writes of an incident while its rows are delivered."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def lock(self, session: Session, incident_id: int) -> None:
        """Lock the incident until the end of the transaction."""
        incidents.by_number_locked(session, incident_id)

    def snapshot(self, session: Session, incident_id: int) -> Snapshot:
        """Return the incident and everything that its messages are rendered from, read once."""
        return read_snapshot(session, incident_id)

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        """Mark the incident's channel as lost, after Slack said that it is gone."""
        incident = incidents.by_number(session, incident_id)
        loss = channel_loss.loss_of_error(incident, error) or channel_loss.REMOVED
        channel_loss.mark_channel_lost(session, self._floor, incident, loss, utcnow())

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        """Record in the timeline that Slack refused something for the first time."""
        timeline.append(session, incident_id, "trouble", utcnow(), what=purpose, reason=reason)
