"""The outbox worker delivers what was written while it was busy with the same incident."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot import outbox
from bot.incidents.tables import Incident
from bot.outbox.kinds import Call, Context, Kind, Kinds
from bot.outbox.tables import OutboxRow
from bot.outbox.worker import Worker
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.database import Database
from bot.runtime.replicas import Replicas
from bot.runtime.waiting import wait_until
from bot.services import Services
from tests import prepared
from tests.floor import PATIENCE_S
from tests.rules.test_update_templates import services

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CALL, SLOW, SHOWN, NEW = "a call", "slow", "shown", "new"


class NoIncidents:
    """What the worker asks of incidents; these rows show nothing of theirs."""

    def lock(self, session: Session, incident_id: int) -> None:
        """Nothing else is changed."""

    def snapshot(self, session: Session, incident_id: int) -> Any:
        """Nothing is rendered from it."""

    def lose_channel(self, session: Session, incident_id: int, error: str) -> None:
        raise AssertionError(error)

    def record_trouble(self, session: Session, incident_id: int, purpose: str, reason: str) -> None:
        raise AssertionError(reason)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    """A database with an incident that has a channel, and threads that deliver."""
    url = prepared.database(tmp_path)
    floor = replace(
        services(), database=Database(url), background=BackgroundWorker(), replicas=Replicas(url, "a replica")
    )
    with floor.database.transaction() as session:
        declared: dict[str, Any] = {"declared_key": "1", "declared_by": "U1", "declared_at": NOW}
        session.add(Incident(id=1, title="IVR down", severity="S1", channel_id="C1", **declared))
    yield floor
    floor.background.close()
    floor.database.close()


def unsettled(floor: Services) -> list[str]:
    """The subjects of the rows that are not delivered, or still leased."""
    is_waiting = sa.or_(col(OutboxRow.shown) < OutboxRow.wanted, col(OutboxRow.leased_by).is_not(None))
    with floor.database.reading() as session:
        return list(session.exec(select(OutboxRow.subject).where(is_waiting)))


def test_a_new_row_does_not_wait_for_the_clock_behind_an_edit_that_was_leased_before(floor: Services) -> None:
    may_end, is_called = threading.Event(), threading.Semaphore(0)
    may_end.set()

    def render(context: Context) -> Call:
        def perform() -> None:
            if context.row.subject == SLOW:
                is_called.release()
                assert may_end.wait(PATIENCE_S)

        return Call(str(context.row.wanted), perform)

    worker = Worker(floor, Kinds.of(NoIncidents(), [Kind(CALL, "", render, lambda context: "C1")]))
    floor.database.before_commit, floor.database.after_commit = worker.lease, worker.wake
    with floor.database.transaction() as session:
        for subject in (SLOW, SHOWN):
            outbox.add(session, CALL, 1, NOW, subject)
    assert wait_until(lambda: not unsettled(floor), PATIENCE_S)

    may_end.clear()
    assert is_called.acquire(timeout=PATIENCE_S)
    with floor.database.transaction() as session:
        outbox.mark_stale_subject(session, 1, [CALL], SLOW)
    assert is_called.acquire(timeout=PATIENCE_S), "the incident is being delivered"
    with floor.database.transaction() as session:
        outbox.mark_stale_subject(session, 1, [CALL], SHOWN)
    with floor.database.transaction() as session:
        outbox.add(session, CALL, 1, NOW, NEW)
    assert sorted(unsettled(floor)) == [NEW, SHOWN, SLOW]
    may_end.set()

    assert wait_until(lambda: not unsettled(floor), PATIENCE_S)
