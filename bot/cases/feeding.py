"""Stores the cases of sources, page by page, within the transaction that moves the source's cursor."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.cases import storing
from bot.cases.rows import CaseRow
from bot.cases.rules.states import ENDED, phase_of
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources.port import Case, ServiceTarget


def take(session: Session, services: Services, source: str, key: str, rows: Sequence[Case]) -> None:
    """Store the cases of a page."""
    now = utcnow()
    storing.upsert(session, services.floor.cases, source, [case_row(row) for row in rows], now)
    storing.after_rows(session, services.floor, now)


def case_row(case: Case) -> CaseRow:
    """Convert a source's case to a row, with the deadline that its source names."""
    target = _deciding_target(case)
    return CaseRow(
        external_id=case.external_id,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        name=case.number,
        title=case.title,
        text=case.text,
        customer=case.customer,
        traits=case.traits,
        priority=case.priority,
        team=case.queue,
        owner=case.assignee,
        state=_state(case),
        started_at=target.started_at if target else None,
        target=_length(target) if target else None,
        due_at=target.due_at if target else None,
        ended_at=None if case.is_open else case.updated_at,
        url=case.link,
    )


def _state(case: Case) -> str:
    """Its state; if the name does not tell that the case has ended, such as `Duplicate`, with a word that does."""
    if case.is_open or phase_of(case.state) in ENDED:
        return case.state
    return f"Closed: {case.state}".rstrip(": ")


def _deciding_target(case: Case) -> ServiceTarget | None:
    """The target that is due first and still runs. An ended case is judged by the last one, which ended with it."""
    targets = [target for target in case.targets if _length(target) > timedelta()]
    running_targets = [target for target in targets if not target.is_over]
    if running_targets:
        return min(running_targets, key=_due_at)
    return None if case.is_open else max(targets, key=_due_at, default=None)


def _due_at(target: ServiceTarget) -> datetime:
    return target.due_at or target.started_at


def _length(target: ServiceTarget) -> timedelta:
    """How long the target is without its pauses; zero if it is never due."""
    return _due_at(target) - target.started_at - timedelta(seconds=target.paused_s)
