"""Files that are read whole: nothing else waits for them."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import col, select

from bot import outbox
from bot.outbox.kinds import Call, Context, Kind, Kinds
from bot.outbox.tables import OutboxRow
from bot.outbox.worker import IMPORTERS, SENDERS, Worker
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.database import Database
from bot.runtime.replicas import Replicas
from bot.runtime.waiting import wait_until
from bot.screens.snapshot import OutboxIncidents
from bot.services import Services
from tests import prepared
from tests.floor import PATIENCE_S
from tests.rules.test_update_templates import services

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FILE, NOTE = "a file", "a note"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    """A database, with threads that deliver."""
    url = prepared.database(tmp_path)
    floor = replace(
        services(), database=Database(url), background=BackgroundWorker(), replicas=Replicas(url, "a replica")
    )
    yield floor
    floor.background.close()
    floor.database.close()


def waiting(floor: Services) -> list[str]:
    """The kinds of the rows that are not delivered, or still leased."""
    is_waiting = sa.or_(col(OutboxRow.shown) < OutboxRow.wanted, col(OutboxRow.leased_by).is_not(None))
    with floor.database.reading() as session:
        return list(session.exec(select(OutboxRow.kind).where(is_waiting).order_by(sa.text("id"))))


def test_messages_wait_for_no_file_however_many_are_read(floor: Services) -> None:
    may_end, is_read = threading.Event(), threading.Semaphore(0)

    def read(context: Context) -> Call:
        def perform() -> None:
            is_read.release()
            assert may_end.wait(PATIENCE_S)

        return Call(context.row.key, perform)

    def note(context: Context) -> Call:
        return Call(context.row.key, lambda: None)

    files = Kind(FILE, "", read, lambda context: "C1", is_import=True)
    notes = Kind(NOTE, "", note, lambda context: "C1")
    worker = Worker(floor, Kinds.of(OutboxIncidents(floor.floor), [files, notes]))
    with floor.database.transaction() as session:
        for number in range(SENDERS + 1):
            outbox.enqueue(session, FILE, f"file {number}", NOW)
            outbox.enqueue(session, NOTE, f"note {number}", NOW)
    worker.tick(NOW)

    assert wait_until(lambda: waiting(floor) == [FILE] * (SENDERS + 1), PATIENCE_S)
    assert all(is_read.acquire(timeout=PATIENCE_S) for _ in range(IMPORTERS))
    assert not is_read.acquire(blocking=False), "files are read a few at a time"
    may_end.set()
    assert wait_until(lambda: not waiting(floor), PATIENCE_S)
