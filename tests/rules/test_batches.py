"""Outbox rows that reach a reader in one message."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot import outbox
from bot.outbox import batches, kinds, leases
from bot.outbox.batches import APART, post_to_person
from bot.outbox.kinds import Context, Settled
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.slack.messages import Posted
from tests import prepared

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BATCH = {kind.name: kind for kind in batches.with_batches([kinds.POSTED])}["message_batch"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        yield session
    store.close()


def row(session: Session, key: str) -> OutboxRow:
    query = select(OutboxRow).where(OutboxRow.key == key).execution_options(populate_existing=True)
    return session.exec(query).one()


def leased(session: Session, at: datetime) -> list[OutboxRow]:
    return leases.of_messages(session, "replica", at)


def content(session: Session, batch: OutboxRow) -> str:
    message = BATCH.render(Context(session, None, None, batch))  # type: ignore[arg-type]  # posts need no services
    return message.content if isinstance(message, kinds.Call) else message[0]


def deliver(session: Session, batch: OutboxRow, ts: str) -> None:
    leases.settle(session, [(batch, {"shown": batch.wanted, "channel_id": "D1", "ts": ts})])
    assert BATCH.on_delivered
    BATCH.on_delivered(Settled(session, None, batch), Posted("D1", ts))  # type: ignore[arg-type]  # likewise


def test_rows_within_a_minute_share_the_next_message_with_the_most_important_on_top(
    session: Session,
) -> None:
    post_to_person(session, "one", "U1", "first", NOW)
    [batch] = leased(session, NOW)
    assert content(session, batch) == "first", "the first does not wait"
    deliver(session, batch, "1.0")
    for key, priority in (("copy", outbox.LAST), ("late", outbox.USUAL)):
        post_to_person(session, key, "U1", key, NOW + timedelta(seconds=5), priority=priority)
    post_to_person(session, "other", "U2", "to another", NOW + timedelta(seconds=5))

    [other] = leased(session, NOW + timedelta(seconds=6))
    assert content(session, other) == "to another"
    [batch] = leased(session, NOW + APART)
    assert content(session, batch) == "late\n\ncopy"
    deliver(session, batch, "2.0")
    assert [row(session, key).ts for key in ("one", "late", "copy")] == ["1.0", "2.0", "2.0"]


def test_a_superseded_row_leaves_its_batch_and_the_rest_is_sent(session: Session) -> None:
    post_to_person(session, "copy:1:operations:U1:7", "U1", "old news", NOW)
    post_to_person(session, "late", "U1", "an update is late", NOW)

    outbox.supersede(session, "copy:1:operations:U1:")
    post_to_person(session, "copy:1:operations:U1:8", "U1", "news", NOW)

    [batch] = leased(session, NOW)
    assert content(session, batch) == "an update is late\n\nnews"


def test_a_changed_part_has_its_message_edited_and_a_full_batch_begins_another(session: Session) -> None:
    for number in range(batches.MOST_PARTS + 1):
        post_to_person(session, f"part {number}", "U1", f"part {number}", NOW)
    [batch] = leased(session, NOW)
    assert content(session, batch).count("part") == batches.MOST_PARTS
    deliver(session, batch, "1.0")

    outbox.edit(session, row(session, "part 1"), [{"type": "divider"}], NOW)

    edited = row(session, batch.key)
    assert edited.wanted > edited.shown
    assert row(session, f"part {batches.MOST_PARTS}").batch_id != batch.id


def test_when_everything_was_withdrawn_nothing_is_sent(session: Session) -> None:
    post_to_person(session, "copy:1:operations:U1:7", "U1", "old news", NOW)
    outbox.supersede(session, "copy:1:operations:U1:")

    [batch] = leased(session, NOW)

    assert content(session, batch) == "withdrawn"
