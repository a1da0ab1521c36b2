"""Playbook runs and their steps, and the queries on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import convert
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.errors import require
from bot.incidents.incidents import visible_to
from bot.incidents.rules import Status
from bot.incidents.tables import Incident, NoSuchIncident
from bot.playbooks.playbook import Playbook, Step, read_copy
from bot.playbooks.rules import IncidentFacts, State
from bot.runtime.database import DUE_AT_ONCE, Numbered, partial_index, utc_column

# How many of a playbook's last runs say which of its steps are left out.
RUNS_COMPARED = 5


class PlaybookRun(Numbered, table=True):
    """A playbook running in an incident, with its own copy, so that editing the file never changes it."""

    __tablename__ = "playbook_runs"
    __table_args__ = (
        partial_index(
            "ux_playbook_runs_running", "incident_id", "playbook", where="stopped_at IS NULL", unique=True
        ),
    )

    incident_id: int = Field(foreign_key="incidents.id", index=True)
    playbook: str
    title: str
    version: str
    written: str = Field(sa_column=sa.Column("copy", sa.Text, nullable=False))
    facts: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    started_at: datetime = Field(sa_column=utc_column(nullable=False))
    started_by: str
    stopped_at: datetime | None = Field(default=None, sa_column=utc_column())
    stopped_by: str | None = None
    message_ts: str | None = None

    @property
    def is_running(self) -> bool:
        """True while the run's steps may be changed."""
        return self.stopped_at is None

    @property
    def book(self) -> Playbook:
        """The playbook as it was when the run started."""
        return read_copy(self.written)

    @property
    def incident(self) -> IncidentFacts:
        """The facts of the incident, as the run last saw them."""
        return convert(self.facts, IncidentFacts)


class PlaybookStep(Numbered, table=True):
    """One step of a run: its state, owner, due time and answers."""

    __tablename__ = "playbook_steps"
    __table_args__ = (sa.UniqueConstraint("run_id", "step_key"),)

    run_id: int = Field(foreign_key="playbook_runs.id")
    incident_id: int = Field(foreign_key="incidents.id", index=True)
    step_key: str
    position: int
    phase: str
    title: str
    state: str = State.OPEN.value
    wanted_at: datetime | None = Field(default=None, sa_column=utc_column())
    owner_id: str | None = Field(default=None, index=True)
    owner_role: str
    required_before: str = ""
    asks: bool = False
    due_at: datetime | None = Field(default=None, sa_column=utc_column())
    remind_at: datetime | None = Field(default=None, sa_column=utc_column(index=True))
    reminders_sent: int = 0
    snoozed_by: str | None = None
    repeat_at: datetime | None = Field(default=None, sa_column=utc_column(index=True))
    rounds: int = 0
    changed_at: datetime | None = Field(default=None, sa_column=utc_column())
    changed_by: str | None = None
    finished_at: datetime | None = Field(default=None, sa_column=utc_column())
    finished_by: str | None = None
    reason: str | None = None
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    out_of_order: bool = False


RUNS_OF_INCIDENT = (
    select(PlaybookRun).where(PlaybookRun.incident_id == sa.bindparam("of_incident")).order_by(col(PlaybookRun.id))
)


def runs_of(session: Session, incident_id: int) -> list[PlaybookRun]:
    """Every run of the incident, oldest first."""
    return list(session.exec(RUNS_OF_INCIDENT, params={"of_incident": incident_id}))


def incidents_running(session: Session, playbooks: Collection[str]) -> list[int]:
    """The incidents in which one of these playbooks is running."""
    query = select(PlaybookRun.incident_id).where(
        col(PlaybookRun.playbook).in_(playbooks), col(PlaybookRun.stopped_at).is_(None)
    )
    return list(session.exec(query.distinct()))


def find_run(session: Session, run_id: int) -> PlaybookRun:
    """The run with that id. Raises `NoSuchIncident`."""
    return require(session.get(PlaybookRun, run_id), NoSuchIncident)


def find_step(session: Session, step_id: int) -> PlaybookStep:
    """The step with that id. Raises `NoSuchIncident`."""
    return require(session.get(PlaybookStep, step_id), NoSuchIncident)


def step_with_run(session: Session, step_id: int) -> tuple[PlaybookStep, PlaybookRun]:
    """A step and its run, in one query. Raises `NoSuchIncident`."""
    row = session.exec(
        select(PlaybookStep, PlaybookRun)
        .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
        .where(PlaybookStep.id == step_id)
    ).first()
    return require(row, NoSuchIncident)


def written_step(session: Session, step_id: int) -> tuple[PlaybookStep, Step]:
    """A step and its definition in the run's copy of the playbook: instructions, questions, effects."""
    step, run = step_with_run(session, step_id)
    return step, run.book.steps[step.step_key]


def open_steps_of(session: Session, user_id: str, roles: Sequence[tuple[int, str]] = ()) -> list[PlaybookStep]:
    """A person's open steps in all incidents that they see: their own, and unowned ones of the `(incident, role)`s
    they hold."""
    of_held_roles = sa.tuple_(col(PlaybookStep.incident_id), col(PlaybookStep.owner_role)).in_(roles)
    is_theirs = col(PlaybookStep.owner_id) == user_id
    return list(
        session.exec(
            _open_and_running()
            .where(is_theirs | (col(PlaybookStep.owner_id).is_(None) & of_held_roles) if roles else is_theirs)
            .join(Incident, col(Incident.id) == col(PlaybookStep.incident_id))
            .where(visible_to(user_id))
            .order_by(col(PlaybookStep.due_at).is_(None), col(PlaybookStep.due_at), col(PlaybookStep.id))
        )
    )


def release_steps(session: Session, user_id: str) -> set[int]:
    """Remove the owner from a person's open steps; return the incidents the steps belong to."""
    update = (
        sa.update(PlaybookStep)
        .where(col(PlaybookStep.owner_id) == user_id, col(PlaybookStep.state) == State.OPEN)
        .values(owner_id=None)
        .returning(col(PlaybookStep.incident_id))
    )
    return set(session.connection().execute(update).scalars())


def hand_over_steps(session: Session, incident_id: int, old_owner_id: str, new_owner_id: str) -> None:
    """Reassign one person's open steps in an incident to another."""
    steps_of_person = (
        col(PlaybookStep.incident_id) == incident_id,
        col(PlaybookStep.owner_id) == old_owner_id,
        col(PlaybookStep.state) == State.OPEN,
    )
    session.connection().execute(sa.update(PlaybookStep).where(*steps_of_person).values(owner_id=new_owner_id))


def last_runs(session: Session, playbook: str) -> list[list[PlaybookStep]]:
    """The steps of the playbook's last stopped runs, newest run first; drills, declined and merged are left out."""
    newest = (
        select(PlaybookRun.id)
        .join(Incident, col(Incident.id) == col(PlaybookRun.incident_id))
        .where(
            PlaybookRun.playbook == playbook,
            col(PlaybookRun.stopped_at).is_not(None),
            col(Incident.is_drill).is_(False),
            col(Incident.status).not_in((Status.DECLINED, Status.MERGED)),
        )
        .order_by(col(PlaybookRun.id).desc())
        .limit(RUNS_COMPARED)
    )
    steps = session.exec(
        select(PlaybookStep)
        .where(col(PlaybookStep.run_id).in_(newest))
        .order_by(col(PlaybookStep.run_id).desc(), col(PlaybookStep.position))
    )
    runs: dict[int, list[PlaybookStep]] = {}
    for step in steps:
        runs.setdefault(step.run_id, []).append(step)
    return list(runs.values())


def incident_of(session: Session, step_id: int) -> Incident:
    """The incident a step belongs to. Raises `NoSuchIncident`."""
    incident = session.exec(
        select(Incident)
        .join(PlaybookStep, col(PlaybookStep.incident_id) == col(Incident.id))
        .where(PlaybookStep.id == step_id)
    ).first()
    return require(incident, NoSuchIncident)


RUN_OF_STEP = (
    select(PlaybookRun, Incident)
    .join(PlaybookStep, col(PlaybookStep.run_id) == col(PlaybookRun.id))
    .join(Incident, col(Incident.id) == col(PlaybookRun.incident_id))
    .where(col(PlaybookStep.id) == sa.bindparam("step_id"))
    # Lock the incident first, then its run, like all code that changes both.
    .with_for_update(of=[Incident, PlaybookRun], key_share=True)
    .execution_options(populate_existing=True)
)


def lock_run_of(session: Session, step_id: int) -> tuple[PlaybookRun, Incident]:
    """The step's run, locked until the transaction ends so that clicks see each other's work; and its incident."""
    return require(session.exec(RUN_OF_STEP, params={"step_id": step_id}).first(), NoSuchIncident)


_OPEN_AND_RUNNING = (
    col(PlaybookStep.state) == State.OPEN,
    col(PlaybookStep.wanted_at).is_not(None),
    col(PlaybookRun.stopped_at).is_(None),
)


def _open_and_running() -> SelectOfScalar[PlaybookStep]:
    return (
        select(PlaybookStep)
        .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
        .where(*_OPEN_AND_RUNNING)
    )


# When the next reminder of any incident is due, and when the next repeated step is.
NEXT_REMINDER = (
    sa.select(col(PlaybookStep.remind_at))
    .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
    .where(*_OPEN_AND_RUNNING, col(PlaybookStep.remind_at).is_not(None))
    .order_by(col(PlaybookStep.remind_at))
    .limit(1)
)
NEXT_REPETITION = (
    sa.select(col(PlaybookStep.repeat_at))
    .join(PlaybookRun, col(PlaybookRun.id) == col(PlaybookStep.run_id))
    .where(col(PlaybookStep.repeat_at).is_not(None), col(PlaybookRun.stopped_at).is_(None))
    .order_by(col(PlaybookStep.repeat_at))
    .limit(1)
)


def due_reminders(session: Session, now: datetime) -> list[PlaybookStep]:
    """The open steps whose reminder is due, longest overdue first; the others wait for the next tick."""
    due_steps = _open_and_running().where(col(PlaybookStep.remind_at) <= now)
    query = due_steps.order_by(col(PlaybookStep.remind_at)).limit(DUE_AT_ONCE)
    return list(session.exec(query.execution_options(populate_existing=True)))
