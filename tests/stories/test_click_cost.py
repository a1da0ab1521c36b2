"""A click's cost in database statements, with a few incidents and with a thousand; rights are never stale."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import outbox
from bot.channels.membership import record_person_changed
from bot.directory.rules import NotForGuests
from bot.incidents.tables import Incident
from bot.outbox import kinds, leases
from bot.playbooks import step_actions
from bot.runtime.clock import utcnow
from bot.screens.snapshot import read_snapshot
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver

# Leasing the messages to redraw is one of a click's own statements.
MOST_OF_A_CLICK, MOST_OF_A_SNAPSHOT = 10, 4


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


@contextmanager
def count_statements(floor: TestFloor) -> Iterator[list[str]]:
    """Collect the statements that this thread sends to the database; `BEGIN` counts as one."""
    statements: list[str] = []
    thread_id = threading.get_ident()

    def count(connection: object, cursor: object, statement: str, *more: object) -> None:
        if threading.get_ident() == thread_id:
            statements.append(statement)

    engine = floor.services.database.engine
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)


def test_a_click_costs_few_statements_even_among_a_thousand_incidents(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    call = driver.row("Call the carrier")["id"]

    def costs() -> list[int]:
        with count_statements(floor) as click:
            step_actions.complete(floor.services, call, "U0ANA", utcnow())
        with count_statements(floor) as undo:
            step_actions.undo(floor.services, call, "U0ANA", utcnow())
        with count_statements(floor) as snapshot, floor.services.database.reading() as session:
            read_snapshot(session, driver.number)
        assert max(len(click), len(undo)) <= MOST_OF_A_CLICK, click + undo
        assert len(snapshot) <= MOST_OF_A_SNAPSHOT, snapshot
        return [len(click), len(undo), len(snapshot)]

    costs_alone = costs()
    with floor.services.database.transaction() as session:
        first = session.get(Incident, driver.number)
        assert first is not None
        common_values = first.model_dump(exclude={"id", "declared_key", "channel_id"})
        copies = [common_values | {"declared_key": f"copy {number}"} for number in range(1_000)]
        session.connection().execute(sa.insert(Incident), copies)

    assert costs() == costs_alone


def test_a_digest_postponed_in_a_flood_does_not_keep_a_click_from_leasing_its_redraw(floor: TestFloor) -> None:
    number = PlaybookDriver(floor, floor.declares("S2 IVR down")).number
    now = utcnow()

    def leased(digest_at: datetime) -> list[str]:
        """The kinds that a change of the card leases while the digest, never shown, is due at that moment."""
        leased_kinds: list[str] = []
        with suppress(InterruptedError), floor.services.database.transaction() as session:
            digest = outbox.find(session, number, kinds.DIGEST)
            assert digest is not None
            digest.shown, digest.retry_at = 0, digest_at
            outbox.mark_stale(session, number, (kinds.CARD,))
            leased_kinds += [row.kind for row in leases.edits_of_incident(session, number, "another", now)]
            raise InterruptedError  # rolls everything back
        return leased_kinds

    assert leased(now) == []
    assert leased(now + timedelta(minutes=1)) == [kinds.CARD]


def test_a_person_who_becomes_a_guest_is_refused_at_the_next_click(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    call = driver.row("Call the carrier")["id"]
    step_actions.take(floor.services, call, "U0BEN", utcnow())

    record_person_changed(floor.services, {"user": {"id": "U0BEN", "name": "ben", "is_restricted": True}})

    with pytest.raises(NotForGuests):
        step_actions.complete(floor.services, call, "U0BEN", utcnow())
