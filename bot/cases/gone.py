"""Open cases that their source no longer has: they end here, with the reason on record."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases import storing, tables
from bot.cases.rules.states import Phase
from bot.cases.tables import Case, CaseNote, CaseState
from bot.cases.wording import translator
from bot.incidents.registry import AskedRows
from bot.runtime.database import insert_new
from bot.services import Services

NEWEST = 3
GONE = "gone"


def open_ids(session: Session, source: str) -> Sequence[str]:
    query = select(Case.external_id).where(Case.source == source, col(Case.is_open))
    return session.exec(query.order_by(col(Case.id))).all()


def newest_ids(session: Session, source: str) -> Sequence[str]:
    """The ids of the cases that a source changed last, open or not."""
    query = select(Case.external_id).where(Case.source == source)
    return session.exec(query.order_by(col(Case.updated_at).desc(), col(Case.id)).limit(NEWEST)).all()


def end(session: Session, services: Services, source: str, external_ids: Sequence[str], now: datetime) -> None:
    """End those of these cases that are open. They count neither as in time nor as late."""
    translate = translator(services.floor.language)
    state = translate("Closed: {source} does not have it any more", source=source)
    for case in tables.by_external_ids(session, source, external_ids).values():
        if not case.is_open:
            continue
        case.state, case.phase, case.is_open, case.ended_at = state, Phase.CLOSED, False, now
        case.target_s = case.promised_at = case.due_at = None
        case.touched_at = now
        tables.add_states(session, [CaseState(case_id=case.number, at=now, state=state, phase=case.phase)])
        note = CaseNote(
            case_id=case.number, key=f"{GONE}:{case.number}:{now.isoformat()}", kind=GONE, at=now, text=state
        )
        insert_new(session, note)
    storing.after_rows(session, services.floor, now)


ASKED = AskedRows(open_ids, newest_ids, end)
