"""Collects the lines of a release in chunks, each in a short transaction, and resumes after a kill.

Each transaction writes its lines and the release's progress, so a line counts once however often it is retried.
"""

from sqlmodel import Session

from bot import outbox
from bot.config.floor.credits import Credits
from bot.errors import TryLater
from bot.incidents import incidents
from bot.ledger import releases, tables
from bot.ledger.accounts import others, same_cause
from bot.ledger.importing import chunk_size
from bot.ledger.releases import take_lines
from bot.ledger.tables import PREPARING
from bot.outbox import kinds
from bot.runtime.chunks import ChunkSize
from bot.runtime.clock import elapsed_s, utcnow
from bot.runtime.database import Database, low_priority

# How often the message in the channel shows the progress.
SHOWN_EVERY_S = 2.0
# Shorter than the lease of the outbox row; the next turn continues with the rest.
TURN_S = 20.0


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
        release, number = releases.release_and_number(session, release_id)
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
        release, number = releases.release_and_number(session, release_id)
        incidents.by_number_locked(session, number)
        [ledger] = tables.lock_of_incidents(session, [number])
        session.refresh(release)
        if release.state == PREPARING:
            releases.finish(session, ledger, release, credits, utcnow())
            outbox.mark_stale(session, number)
            _mark_stale(session, number, release_id)


def _mark_stale(session: Session, number: int, release_id: int) -> None:
    """Mark the release's message in the channel as stale, so that it shows the progress."""
    outbox.mark_stale_subject(session, number, (kinds.LEDGER_RELEASE,), str(release_id))
