"""Releases money for payment: one person may, two above a limit; accounts paid elsewhere are left out."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot import outbox
from bot.config.floor.credits import Credits
from bot.errors import require
from bot.incidents.change import Change
from bot.ledger import release_lines, rules, tables
from bot.ledger.accounts import others, same_cause
from bot.ledger.line_tables import LineRow
from bot.ledger.money import EXPONENTS, format_amount
from bot.ledger.tables import PREPARING, REFUSED, RELEASED, WAITING, Ledger, Release
from bot.outbox import kinds
from bot.timeline import timeline

# The most lines that one click processes; a release of fewer is complete before the answer.
AT_ONCE = 500


def request(change: Change, ledger: Ledger, cohort: str, currency: str) -> Release:
    """Request a release of all pending, unreleased money in a cohort and currency; below the limit, release it.

    If there are many lines, only the first are taken before the click is answered; the outbox takes the rest.
    """
    session = change.session
    locked_ledgers = list(tables.lock_of_incidents(session, same_cause(session, change.number)))
    if is_preparing(session, ledger.number, cohort, currency):
        raise rules.BeingPrepared(cohort=cohort, currency=currency)
    if not release_lines.are_left(session, ledger.number, cohort, currency):
        raise rules.NothingToRelease(cohort=cohort, currency=currency)
    release = release_lines.begin(session, ledger, cohort, currency, change.by, change.now)
    outbox.add(session, kinds.LEDGER_RELEASE, change.number, change.now, str(release.number))
    if not release_lines.take_lines(session, release, others(locked_ledgers, ledger), AT_ONCE, change.now):
        key, payload = f"ledger-release:{release.number}", {"release": release.number}
        outbox.enqueue(
            session, kinds.LEDGER_LINES, key, change.now, incident_id=change.number, payload=payload, lane=key
        )
        return release
    if not release.lines:
        raise rules.NothingToRelease(cohort=cohort, currency=currency)
    finish(session, ledger, release, change.services.floor.credits, change.now)
    return release


def finish(session: Session, ledger: Ledger, release: Release, credits: Credits, now: datetime) -> None:
    """Settle a complete release: released, waiting for a second person, or refused if empty or ledger closed."""
    if not (release.lines and ledger.is_open):
        release.state = REFUSED
        return
    limit = _limit(credits, release.currency)
    released_alone = _released_alone(session, ledger, release.currency)
    release.needs_second = rules.needs_second_person(release.amount, released_alone, limit)
    release.state = WAITING if release.needs_second else RELEASED
    timeline.append(
        session,
        ledger.incident_id,
        "ledger_release_asked" if release.needs_second else "ledger_released",
        now,
        release.asked_by,
        cohort=release.cohort,
        amount=format_amount(release.amount, release.currency),
        lines=release.lines,
    )


def leave(session: Session, line: LineRow) -> None:
    """Subtract a line that is not to be paid after all from a release still being put together."""
    release = None if line.release_id is None else session.get(Release, line.release_id, populate_existing=True)
    if release is not None and release.state == PREPARING:
        release.amount, release.lines = release.amount - line.amount, release.lines - 1


def is_preparing(session: Session, ledger_id: int, cohort: str, currency: str) -> bool:
    """True if a release of that cohort and currency is being put together."""
    return any(
        (release.state, release.cohort, release.currency) == (PREPARING, cohort, currency)
        for release in tables.releases_of(session, ledger_id)
    )


def decide(change: Change, release: Release, *, is_approved: bool) -> None:
    """Approve or refuse a release. The requesting user may refuse it, but never approve it."""
    if release.state == PREPARING:
        raise rules.BeingPrepared(cohort=release.cohort, currency=release.currency)
    if release.state != WAITING:
        raise rules.NotWaiting(state=release.state)
    if is_approved and change.by == release.asked_by:
        raise rules.SecondPersonNeeded()
    release.state = RELEASED if is_approved else REFUSED
    release.decided_by, release.decided_at = change.by, change.now
    # A refused release's lines stay unchanged, as they may be too many for one transaction; another may take them.
    amount_text = format_amount(release.amount, release.currency)
    kind = "ledger_released" if is_approved else "ledger_release_refused"
    change.log(kind, cohort=release.cohort, amount=amount_text, lines=release.lines)
    change.mark_stale(kinds.LEDGER_RELEASE)


def _limit(credits: Credits, currency: str) -> int | None:
    limit = credits.approve_above.get(currency, credits.approve_above.get("default"))
    return None if limit is None else int(limit.scaleb(EXPONENTS.get(currency, 2)))


def _released_alone(session: Session, ledger: Ledger, currency: str) -> int:
    """Return the amount released in this currency without a second person."""
    query = select(sa.func.coalesce(sa.func.sum(Release.amount), 0)).where(
        Release.ledger_id == ledger.number,
        Release.currency == currency,
        Release.state == RELEASED,
        col(Release.needs_second).is_(False),
    )
    return int(session.exec(query).one())


def release_and_number(session: Session, release_id: int) -> tuple[Release, int]:
    """Return a release and the number of its incident. Raises `NoSuchLedger`."""
    release = require(session.get(Release, release_id, populate_existing=True), tables.NoSuchLedger)
    return release, tables.get(session, release.ledger_id).incident_id
