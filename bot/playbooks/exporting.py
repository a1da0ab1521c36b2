"""Playbooks in an incident's export: its steps with their answers, and the proposed changes it led to."""

import json

from sqlmodel import Session

from bot.incidents.registry import Export, Naming, Rows
from bot.playbooks import proposal_tables, step_rows, tables

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


def _proposals(session: Session, number: int, name: Naming) -> Rows:
    return [
        (
            each.playbook_name,
            each.text,
            name(each.by),
            each.proposed_at,
            name(each.owner_id),
            name(each.decides_id),
            each.state,
            each.decided_at,
            each.reason,
        )
        for each in proposal_tables.of_incident(session, number)
    ]


PROPOSAL_HEADER = (
    *("playbook", "what to change", "proposed by", "proposed at (UTC)", "who changes it", "who decides"),
    *("state", "decided at (UTC)", "reason"),
)
STEPS = Export("steps.csv", HEADER, _rows)
PROPOSALS = Export("playbook-proposals.csv", PROPOSAL_HEADER, _proposals)
