"""The steps of a run as plain data: reading all of them at once, and changing one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from sqlmodel import Session

from bot.playbooks.rules import State
from bot.playbooks.tables import PlaybookStep

# The columns that the rules set on their own.
SET_BY_RULES = ("wanted_at", "due_at", "remind_at", "state", "reason", "finished_at")


class StepRow(Struct):
    """A step as plain data: clicks and redraws read all steps of a run and need no ORM tracking."""

    id: int
    run_id: int
    step_key: str
    position: int
    phase: str
    title: str
    state: str = State.OPEN.value
    wanted_at: datetime | None = None
    owner_id: str | None = None
    owner_role: str = ""
    required_before: str = ""
    asks: bool = False
    due_at: datetime | None = None
    remind_at: datetime | None = None
    reminders_sent: int = 0
    snoozed_by: str | None = None
    repeat_at: datetime | None = None
    rounds: int = 0
    changed_at: datetime | None = None
    changed_by: str | None = None
    finished_at: datetime | None = None
    finished_by: str | None = None
    reason: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    out_of_order: bool = False

    @property
    def number(self) -> int:
        """The primary key."""
        return self.id


AnyStep = PlaybookStep | StepRow

# Built once, because every click and every rendering runs them.
_STEPS = PlaybookStep.__table__  # type: ignore[attr-defined]  # SQLModel creates `__table__` at run time
_SELECT_STEPS = sa.select(*(_STEPS.c[name] for name in StepRow.__struct_fields__))
STEPS_OF_RUN = _SELECT_STEPS.where(_STEPS.c.run_id == sa.bindparam("run_id")).order_by(_STEPS.c.position)
STEPS_OF_INCIDENT = _SELECT_STEPS.where(_STEPS.c.incident_id == sa.bindparam("of_incident")).order_by(
    _STEPS.c.run_id, _STEPS.c.position
)


def steps_of(session: Session, run_id: int) -> list[StepRow]:
    """The run's current steps, in the playbook's order."""
    return [StepRow(*row) for row in session.connection().execute(STEPS_OF_RUN, {"run_id": run_id})]


_INSERT_STEP = sa.insert(_STEPS)


def insert_steps(session: Session, incident_id: int, steps: Sequence[StepRow]) -> None:
    """Insert new steps; their ids are not read back."""
    names = [name for name in StepRow.__struct_fields__ if name != "id"]
    values = [{"incident_id": incident_id} | {name: getattr(step, name) for name in names} for step in steps]
    if values:
        session.connection().execute(_INSERT_STEP, values)


def steps_of_incident(session: Session, incident_id: int) -> dict[int, list[StepRow]]:
    """The steps of every run of the incident, by run number, in the playbook's order."""
    steps: dict[int, list[StepRow]] = {}
    for row in session.connection().execute(STEPS_OF_INCIDENT, {"of_incident": incident_id}):
        steps.setdefault(row.run_id, []).append(StepRow(*row))
    return steps


@cache
def _set_columns(names: tuple[str, ...], unchanged_names: tuple[str, ...] = ()) -> sa.Update:
    """An UPDATE of these columns of a step, conditional on the columns `unchanged_names` having the values read."""
    conditions = [_STEPS.c[name].is_not_distinct_from(sa.bindparam(f"was_{name}")) for name in unchanged_names]
    change = sa.update(_STEPS).where(_STEPS.c.id == sa.bindparam("step_id"), *conditions)
    return change.values({name: sa.bindparam(name) for name in names})


def change_step(
    session: Session, step: StepRow, values: Mapping[str, Any], expected: Mapping[str, Any] | None = None
) -> bool:
    """Write these columns of a step and update `step`; False if the row no longer has the expected values."""
    expected = expected or {}
    expected_values = {f"was_{name}": value for name, value in expected.items()}
    change = _set_columns(tuple(values), tuple(expected))
    if not session.connection().execute(change, {"step_id": step.id, **expected_values, **values}).rowcount:
        return False
    for name, value in values.items():
        setattr(step, name, value)
    return True


def write_schedule(session: Session, steps: Collection[StepRow]) -> None:
    """Write when these steps are wanted, due and reminded of, and which are skipped as no longer needed."""
    if steps:
        values = [{"step_id": step.id, **{name: getattr(step, name) for name in SET_BY_RULES}} for step in steps]
        session.connection().execute(_set_columns(SET_BY_RULES), values)
