"""Stores the cases of sources, page by page, within the transaction that moves the source's cursor."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.cases import following, storing, tables
from bot.cases.rows import CaseRow
from bot.cases.rules.states import Step, pauses_of
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources.port import Case, ServiceTarget


def take(session: Session, services: Services, source: str, key: str, rows: Sequence[Case]) -> None:
    """Store the cases of a page."""
    now = utcnow()
    observed_pauses = _observed_pauses(session, source, [row.external_id for row in rows])
    case_rows = [case_row(row, observed_pauses.get(row.external_id, timedelta())) for row in rows]
    storing.upsert(session, services.floor.cases, source, case_rows, now)
    following.after_rows(session, services.floor, now)


def _observed_pauses(session: Session, source: str, case_ids: Sequence[str]) -> Mapping[str, timedelta]:
    """How long the clocks of cases were observed to be paused, without pauses that are still open."""
    cases_by_id = tables.by_external_ids(session, source, case_ids)
    states = tables.states_of(session, [case.number for case in cases_by_id.values()])
    return {
        external_id: _total_pause([Step(each.at, each.phase, each.state) for each in states.get(case.number, [])])
        for external_id, case in cases_by_id.items()
    }


def _total_pause(steps: Sequence[Step]) -> timedelta:
    return sum((pause.until - pause.since for pause in pauses_of(steps) if pause.until), timedelta())


def case_row(case: Case, observed_pauses: timedelta) -> CaseRow:
    """Convert a source's case to a row. Of several targets, the one due first counts.

    The board subtracts the pauses that it observed itself; earlier pauses move the start of the clock instead.
    """
    started_at, target = _clock(_first_due_target(case.targets), observed_pauses)
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
        state=case.state,
        started_at=started_at,
        target=target,
        ended_at=None if case.is_open else case.updated_at,
        url=case.link,
    )


def _first_due_target(targets: Sequence[ServiceTarget]) -> ServiceTarget | None:
    return min(
        (target for target in targets if target.due_at),
        key=lambda target: target.due_at or target.started_at,
        default=None,
    )


def _clock(target: ServiceTarget | None, observed_pauses: timedelta) -> tuple[datetime | None, timedelta | None]:
    """When the clock starts, and how long it runs."""
    if target is None or target.due_at is None:
        return None, None
    paused = timedelta(seconds=target.paused_s)
    length = target.due_at - target.started_at - paused
    if length <= timedelta():
        return None, None
    return target.started_at + max(paused - observed_pauses, timedelta()), length
