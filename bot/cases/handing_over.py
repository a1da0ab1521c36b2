"""What cases bring to the handover of a shift, and to the reports."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.cases.escalation_tables import CaseEscalation
from bot.cases.tables import Case, CaseNote
from bot.incidents.facts import CaseCounts, HandoverItem
from bot.services import Services

GRAVE = ("P1", "P2")
SOON = timedelta(hours=2)
MOST = 100


def at_risk(session: Session, services: Services, now: datetime) -> Sequence[HandoverItem]:
    """Open cases that the next shift must know: P1 and P2, escalated ones, and what breaches within two hours."""
    escalated = set(session.exec(select(CaseEscalation.case_id).where(col(CaseEscalation.ended_at).is_(None))))
    risky = sa.or_(col(Case.priority).in_(GRAVE), col(Case.due_at) <= now + SOON, col(Case.id).in_(escalated))
    query = (
        select(Case).where(col(Case.is_open), risky).order_by(col(Case.priority), col(Case.due_at), col(Case.id))
    )
    cases = session.exec(query.limit(MOST)).all()
    steps = _last_notes(session, [case.number for case in cases])
    return [_item(case, steps.get(case.number, ""), is_escalated=case.id in escalated) for case in cases]


def _item(case: Case, step: str, *, is_escalated: bool) -> HandoverItem:
    state = "breached" if case.is_breached else "escalated" if is_escalated else "at risk"
    about = " · ".join(part for part in (case.customer, case.state, case.team or case.owner) if part)
    return HandoverItem(
        key=f"case:{case.number}",
        title=f"{case.name} {case.title}".strip(),
        severity=case.priority,
        stability=state,
        situation=about,
        owner_id=case.owner_id,
        next_step=step,
        due_at=case.due_at,
        needs_next_step=case.priority in GRAVE or is_escalated,
    )


def _last_notes(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """What a person noted last about each case."""
    noted = select(CaseNote).where(col(CaseNote.case_id).in_(numbers), CaseNote.kind == "note")
    return {note.case_id: note.text for note in session.exec(noted.order_by(col(CaseNote.id)))}


def counts(session: Session, start: datetime, end: datetime, region: str) -> CaseCounts | None:
    """The cases of a time, of a region or of all; None where none was ever read."""
    if session.exec(select(Case.id).limit(1)).first() is None:
        return None
    of_region = (sa.func.lower(col(Case.region)) == region.casefold(),) if region else ()
    ended = (col(Case.ended_at) >= start, col(Case.ended_at) < end)
    has_target = col(Case.target_s).is_not(None)

    def count(*which: sa.ColumnElement[bool]) -> int:
        return session.exec(select(sa.func.count()).select_from(Case).where(*which, *of_region)).one()

    still_open = sa.or_(col(Case.ended_at).is_(None), col(Case.ended_at) >= end)
    return CaseCounts(
        intake=count(col(Case.opened_at) >= start, col(Case.opened_at) < end),
        closures=count(*ended),
        backlog=count(col(Case.opened_at) < end, still_open),
        with_target=count(*ended, has_target),
        target_met=count(*ended, has_target, col(Case.is_breached).is_(False)),
    )
