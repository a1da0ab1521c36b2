"""Money is released to be paid: by one person, above a limit by two; and who is paid elsewhere is left out."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot import outbox
from bot.incidents.change import Change
from bot.ledger import line_tables, rules, tables
from bot.ledger.accounts import others, same_cause
from bot.ledger.entries import Move, Origin, move
from bot.ledger.line_tables import Line
from bot.ledger.money import EXPONENTS, format_amount
from bot.ledger.rules import SAME_CAUSE, State
from bot.ledger.tables import Ledger, Release
from bot.outbox import kinds
from bot.runtime.database import without_time_limit

WAITING, RELEASED, REFUSED = "waiting", "released", "refused"


def ask(change: Change, ledger: Ledger, cohort: str, currency: str) -> Release:
    """Everything pending in a cohort and currency that is in no release yet; below the limit it is released."""
    session, origin = change.session, Origin(change.by, change.now)
    locked = list(tables.lock_of_incidents(session, same_cause(session, change.number)))
    _leave_out(session, ledger, others(locked, ledger), cohort, currency, origin)
    amount, lines = _sum(session, ledger, cohort, currency)
    if not lines:
        raise rules.NothingToRelease(cohort=cohort, currency=currency)
    limit = _limit(change, currency)
    alone = _released_alone(session, ledger, currency)
    needs_second = rules.needs_second_person(amount, alone, limit)
    release = Release(
        ledger_id=ledger.number,
        cohort=cohort,
        currency=currency,
        amount=amount,
        lines=lines,
        needs_second=needs_second,
        state=WAITING if needs_second else RELEASED,
        asked_by=change.by,
        asked_at=change.now,
    )
    session.add(release)
    session.flush()
    _put_lines_into(session, release.number, _unreleased(ledger, cohort, currency))
    outbox.add(session, kinds.LEDGER_RELEASE, change.number, change.now, str(release.number))
    shown = format_amount(amount, currency)
    change.log(
        "ledger_release_asked" if needs_second else "ledger_released", cohort=cohort, amount=shown, lines=lines
    )
    return release


def decide(change: Change, release: Release, *, is_approved: bool) -> None:
    """Somebody else approves or refuses it; the person who asked may take it back, and never approve it."""
    if release.state != WAITING:
        raise rules.NotWaiting(state=release.state)
    if is_approved and change.by == release.asked_by:
        raise rules.SecondPersonNeeded()
    release.state = RELEASED if is_approved else REFUSED
    release.decided_by, release.decided_at = change.by, change.now
    change.session.add(release)
    change.session.flush()
    if not is_approved:
        _put_lines_into(change.session, None, (col(Line.release_id) == release.number,))
    shown = format_amount(release.amount, release.currency)
    kind = "ledger_released" if is_approved else "ledger_release_refused"
    change.log(kind, cohort=release.cohort, amount=shown, lines=release.lines)
    change.mark_stale(kinds.LEDGER_RELEASE)


def _put_lines_into(session: Session, release_id: int | None, which: tuple[sa.ColumnElement[bool], ...]) -> None:
    # A hundred thousand lines take PostgreSQL longer than a statement may otherwise last.
    without_time_limit(session.connection())
    session.connection().execute(sa.update(Line).where(*which).values(release_id=release_id))


def _limit(change: Change, currency: str) -> int | None:
    limits = change.services.floor.credits.approve_above
    limit = limits.get(currency, limits.get("default"))
    return None if limit is None else int(limit.scaleb(EXPONENTS.get(currency, 2)))


def _unreleased(ledger: Ledger, cohort: str, currency: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Line.ledger_id) == ledger.number,
        col(Line.cohort) == cohort,
        col(Line.currency) == currency,
        col(Line.state) == State.PENDING,
        col(Line.release_id).is_(None),
    )


def _sum(session: Session, ledger: Ledger, cohort: str, currency: str) -> tuple[int, int]:
    query = select(sa.func.coalesce(sa.func.sum(Line.amount), 0), sa.func.count()).select_from(Line)
    amount, lines = session.exec(query.where(*_unreleased(ledger, cohort, currency))).one()
    return int(amount), lines


def _released_alone(session: Session, ledger: Ledger, currency: str) -> int:
    """What was released in this currency without a second person."""
    query = select(sa.func.coalesce(sa.func.sum(Release.amount), 0)).where(
        Release.ledger_id == ledger.number,
        Release.currency == currency,
        Release.state == RELEASED,
        col(Release.needs_second).is_(False),
    )
    return int(session.exec(query).one())


def _leave_out(
    session: Session, ledger: Ledger, other_ids: list[int], cohort: str, currency: str, origin: Origin
) -> None:
    """Accounts that another incident of the same cause has paid, or is about to."""
    if not other_ids:
        return
    other = aliased(Line)
    is_paid = sa.or_(
        col(other.state) == State.ISSUED,
        sa.and_(col(other.state) == State.PENDING, col(other.release_id).is_not(None)),
    )
    paid = sa.exists().where(
        col(other.ledger_id).in_(other_ids), col(other.account_key) == col(Line.account_key), is_paid
    )
    keys = session.exec(select(Line.account_key).where(*_unreleased(ledger, cohort, currency), paid)).all()
    lines = line_tables.lines_of_accounts(session, ledger.number, keys).values()
    move(session, [Move(line, State.EXCLUDED, SAME_CAUSE) for line in lines], origin)


def waiting(session: Session, ledger_id: int) -> list[Release]:
    """What waits for a second person."""
    return [release for release in tables.releases_of(session, ledger_id) if release.state == WAITING]


def of(session: Session, release_id: int) -> tuple[Release, int]:
    """A release, and the number of its incident; `NoSuchLedger` when there is none."""
    release = session.get(Release, release_id, populate_existing=True)
    if release is None:
        raise tables.NoSuchLedger()
    return release, tables.get(session, release.ledger_id).incident_id
