"""Playbook steps in the export of an incident: whose each was, when it was due, and what was answered."""

import json

from sqlmodel import Session

from bot.incidents.registry import Export, Naming, Rows
from bot.playbooks import step_rows, tables

HEADER = (
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


def _rows(session: Session, number: int, name: Naming) -> Rows:
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
        for run in tables.runs_of(session, number)
        for step in step_rows.steps_of(session, run.number)
    ]


STEPS = Export("steps.csv", HEADER, _rows)
