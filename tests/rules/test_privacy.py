"""What is deleted and what stays when an incident becomes private."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot import outbox
from bot.directory.cache import PeopleCache
from bot.directory.tables import Person
from bot.incidents import privacy
from bot.incidents.tables import Incident
from bot.outbox import kinds
from bot.outbox.rules import LOOK_AFTER
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.services import Services
from tests import prepared
from tests.rules.playbook_builders import NOON
from tests.rules.test_update_templates import services

# Each row: its facts, whether its message is deleted, and whether it is shown again in the new channel.
ROWS: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "card": ({"kind": kinds.CARD, "is_rendered": True, "channel_id": "C1"}, True, True),
    "draft nobody decided": ({"kind": kinds.DRAFT, "channel_id": "C1", "follows_incident": True}, True, True),
    "draft decided": ({"kind": kinds.DRAFT, "channel_id": "C1", "subject": "old"}, True, False),
    "draft of a person": ({"kind": kinds.DRAFT, "channel_id": "D1", "subject": "d"}, False, False),
    "post in its channel": ({"channel_id": "C1"}, True, False),
    "post elsewhere": ({"channel_id": "C5"}, True, False),
    "post elsewhere, not sent": ({"channel_id": "C5", "ts": None, "shown": 0}, False, False),
    "copy:of an update": ({"channel_id": "D2"}, True, False),
    "role": ({"channel_id": "D3"}, False, False),
    "page": ({"channel_id": "U4"}, False, False),
    "digest": ({"kind": kinds.DIGEST, "is_rendered": True, "channel_id": "C0"}, True, False),
    "update": ({"kind": kinds.UPDATE, "channel_id": "C6"}, True, False),
    "partner": ({"kind": kinds.PARTNER, "is_rendered": True, "channel_id": "C7"}, True, False),
    "post of another": ({"channel_id": "C5", "incident_id": 2}, False, False),
}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    """Two incidents with channels."""
    floor = replace(services(), database=Database(prepared.database(tmp_path)))
    floor.parts[PeopleCache] = PeopleCache()
    with floor.database.transaction() as session:
        session.add(Person(id="U1", name="Ana"))
        for number in (1, 2):
            declared: dict[str, Any] = {"declared_key": str(number), "declared_by": "U1", "declared_at": NOON}
            session.add(Incident(id=number, title="a", severity="S1", channel_id=f"C{number}", **declared))
    yield floor
    floor.database.close()


def test_messages_that_others_read_are_deleted_and_what_its_channel_shows_moves(floor: Services) -> None:
    with floor.database.transaction() as session:
        for number, (key, (facts, _, _)) in enumerate(ROWS.items()):
            usual: dict[str, Any] = {"kind": outbox.MESSAGE, "incident_id": 1, "shown": 1, "ts": f"{number}.0"}
            usual |= {"is_rendered": facts.get("kind") == kinds.DRAFT, "retry_at": NOON}
            session.add(OutboxRow(key=key, **(usual | facts)))

    privacy.make_private(floor, 1, "personal data", "U1", NOON)

    with floor.database.reading() as session:
        deletions = session.exec(select(OutboxRow.payload).where(OutboxRow.kind == kinds.DELETION)).all()
        rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id)).limit(len(ROWS))).all()
        lanes = session.exec(
            select(OutboxRow.kind).where(col(OutboxRow.lane).is_not(None)).order_by(col(OutboxRow.id))
        )
        order = list(lanes)
    places = {(payload["channel_id"], payload["ts"]) for payload in deletions if payload}
    deleted = {
        key
        for number, (key, (facts, _, _)) in enumerate(ROWS.items())
        if (facts["channel_id"], f"{number}.0") in places
    }
    assert deleted == {key for key, (_, is_deleted, _) in ROWS.items() if is_deleted}
    assert len(places) == len(deletions) == len(deleted)
    for row, (key, (facts, is_deleted, is_moved)) in zip(rows, ROWS.items(), strict=True):
        if is_moved:
            assert (row.shown, row.ts, row.channel_id, row.refused, row.replaced) == (0, None, None, None, 1), key
            assert row.key != key
        elif is_deleted or facts.get("shown") == 0:
            assert (row.refused, row.ts) == (privacy.REFUSED_AS_PRIVATE, None), key
        else:
            assert (row.refused, row.key) == (None, key)
    assert (order[0], order[-1], set(order[1:-1])) == (kinds.PRIVATE_CHANNEL, kinds.ARCHIVING, {kinds.DELETION})


def test_messages_whose_delivery_is_not_known_are_looked_for_where_they_may_be(floor: Services) -> None:
    facts_by_key: dict[str, dict[str, Any]] = {
        "steps": {"kind": kinds.RUN, "is_rendered": True},
        "draft": {"kind": kinds.DRAFT, "is_rendered": True, "follows_incident": True},
        "post elsewhere": {"channel_id": "C5"},
        "role": {"channel_id": "U3"},
        "not sent": {"channel_id": "C5", "attempted_at": None},
        "refused": {"channel_id": "C5", "refused": "is_archived"},
    }
    with floor.database.transaction() as session:
        for key, facts in facts_by_key.items():
            usual: dict[str, Any] = {
                "kind": outbox.MESSAGE,
                "incident_id": 1,
                "attempted_at": NOON,
                "retry_at": NOON,
            }
            session.add(OutboxRow(key=key, **(usual | facts)))

    privacy.make_private(floor, 1, "personal data", "U1", NOON)

    with floor.database.reading() as session:
        deletions = session.exec(select(OutboxRow).where(OutboxRow.kind == kinds.DELETION)).all()
    payloads = [row.payload or {} for row in deletions]
    assert {(payload["key"], payload["channel_id"]) for payload in payloads} == {
        ("steps", "C1"),
        ("draft", "C1"),
        ("post elsewhere", ""),
    }
    assert {payload["attempted_at"] for payload in payloads} == {NOON.isoformat()}
    assert {row.retry_at for row in deletions} == {NOON + LOOK_AFTER[-1]}
