"""Releases money for payment: one person may, two above a limit; accounts paid elsewhere are left out.

Lines are collected in chunks, each in a short transaction that writes its lines and the release's progress, so a
line counts once however often it is retried, also after a kill.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot import outbox
from bot.config.floor.credits import Credits
from bot.errors import TryLater, require
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.ledger import line_tables, rules, tables
from bot.ledger.accounts import others, same_cause
from bot.ledger.entries import Move, Origin, move
from bot.ledger.importing import chunk_size
from bot.ledger.line_tables import Line, LineRow
from bot.ledger.money import EXPONENTS, format_amount
from bot.ledger.rules import SAME_CAUSE, State
from bot.ledger.tables import PREPARING, REFUSED, RELEASED, WAITING, Ledger, Release
from bot.outbox import kinds
from bot.runtime.chunks import ChunkSize
from bot.runtime.clock import elapsed_s, utcnow
from bot.runtime.database import Database, insert, low_priority
from bot.timeline import timeline

# The most lines that one click processes; a release of fewer is complete before the answer.
AT_ONCE = 500
# How often the message in the channel shows the progress.
SHOWN_EVERY_S = 2.0
# Shorter than the lease of the outbox row; the next turn continues with the rest.
TURN_S = 20.0


def request(change: Change, ledger: Ledger, cohort: str, currency: str) -> Release:
    """Request a release of all pending, unreleased money in a cohort and currency; below the limit, release it.

    If there are many lines, only the first are taken before the click is answered; the outbox takes the rest.
    """
    session = change.session
    locked_ledgers = list(tables.lock_of_incidents(session, same_cause(session, change.number)))
    if is_preparing(session, ledger.number, cohort, currency):
        raise rules.BeingPrepared(cohort=cohort, currency=currency)
    if not are_left(session, ledger.number, cohort, currency):
        raise rules.NothingToRelease(cohort=cohort, currency=currency)
    release = begin(session, ledger, cohort, currency, change.by, change.now)
    outbox.add(session, kinds.LEDGER_RELEASE, change.number, change.now, str(release.number))
    if not take_lines(session, release, others(locked_ledgers, ledger), AT_ONCE, change.now):
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


def are_left(session: Session, ledger_id: int, cohort: str, currency: str) -> bool:
    """True if any pending line is in no release, or in a refused one."""
    conditions = (Line.ledger_id == ledger_id, Line.cohort == cohort, Line.currency == currency)
    query = select(Line.id).where(*conditions, *line_tables.unreleased(ledger_id)).limit(1)
    return session.exec(query).first() is not None


def begin(session: Session, ledger: Ledger, cohort: str, currency: str, by: str, now: datetime) -> Release:
    """Create a release without lines; it will cover the lines that are in the ledger now."""
    release = Release(
        ledger_id=ledger.number,
        cohort=cohort,
        currency=currency,
        amount=0,
        lines=0,
        needs_second=False,
        state=PREPARING,
        last_line=line_tables.newest_line(session),
        asked_by=by,
        asked_at=now,
    )
    return insert(session, release)


def take_lines(session: Session, release: Release, other_ids: Sequence[int], count: int, now: datetime) -> bool:
    """Add the next pending lines to a release, excluding those paid by another incident of the same cause. True if
    these were the last. The caller's transaction must hold the locks on the ledgers."""
    rows = line_tables.pending_lines(session, release, count)
    refused_ids = tables.refused_ids(session, release.ledger_id)
    free_rows = [row for row in rows if row.release_id is None or row.release_id in refused_ids]
    paid_elsewhere = line_tables.paid_elsewhere(session, other_ids, [row.account_key for row in free_rows])
    exclusions = [Move(row, State.EXCLUDED, SAME_CAUSE) for row in free_rows if row.account_key in paid_elsewhere]
    move(session, exclusions, Origin(release.asked_by, now))
    taken_rows = [row for row in free_rows if row.account_key not in paid_elsewhere]
    if taken_rows:
        condition = line_tables.among(session, col(Line.id), [row.number for row in taken_rows])
        session.connection().execute(sa.update(Line).where(condition).values(release_id=release.number))
    release.amount += sum(row.amount for row in taken_rows)
    release.lines += len(taken_rows)
    release.done_line = rows[-1].number if rows else release.last_line
    session.flush()
    return len(rows) < count


def prepare(database: Database, credits: Credits, release_id: int, size: ChunkSize | None = None) -> None:
    """Collect the release's lines and settle whether it needs approval. Raises `TryLater` after `TURN_S`."""
    size, began_at, shown_at = size or chunk_size(database), elapsed_s(), elapsed_s()
    with low_priority():
        is_done = False
        while not is_done:
            if elapsed_s() - began_at > TURN_S:
                raise TryLater("a release is still being put together", 0)
            is_shown = elapsed_s() - shown_at > SHOWN_EVERY_S
            shown_at = elapsed_s() if is_shown else shown_at
            with size.measured(size.rows):
                is_done = _prepare_chunk(database, release_id, size.rows, is_shown=is_shown)
        _finish(database, credits, release_id)


def _prepare_chunk(database: Database, release_id: int, count: int, *, is_shown: bool) -> bool:
    # Chunks lost in a power failure are redone: only the release's final commit waits for the disk.
    with database.transaction(is_synced=False) as session:
        release, number = release_and_number(session, release_id)
        locked_ledgers = list(tables.lock_of_incidents(session, same_cause(session, number)))
        ledger = next(candidate for candidate in locked_ledgers if candidate.number == release.ledger_id)
        session.refresh(release)
        if release.state != PREPARING or not ledger.is_open:
            return True
        if is_shown:
            _mark_stale(session, number, release_id)
        return take_lines(session, release, others(locked_ledgers, ledger), count, utcnow())


def _finish(database: Database, credits: Credits, release_id: int) -> None:
    with database.transaction() as session:
        release, number = release_and_number(session, release_id)
        incidents.by_number_locked(session, number)
        [ledger] = tables.lock_of_incidents(session, [number])
        session.refresh(release)
        if release.state == PREPARING:
            finish(session, ledger, release, credits, utcnow())
            outbox.mark_stale(session, number)
            _mark_stale(session, number, release_id)


def _mark_stale(session: Session, number: int, release_id: int) -> None:
    """Mark the release's message in the channel as stale, so that it shows the progress."""
    outbox.mark_stale_subject(session, number, (kinds.LEDGER_RELEASE,), str(release_id))
