"""The times in which other incidents were open, whose contacts are not usual ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.impact.tables import windows_of_others
from bot.incidents.tables import Incident
from bot.runtime.database import Database
from tests import prepared

MONDAY = datetime(2026, 5, 11, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(prepared.database(tmp_path))
    yield database
    database.close()


def incident(key: str, *, day: int, **fields: Any) -> Incident:
    """An S1 declared that many days after Monday."""
    values: dict[str, Any] = {
        "title": key,
        "severity": "S1",
        "declared_by": "U1",
        "declared_at": MONDAY + timedelta(days=day),
    } | fields
    return Incident(declared_key=key, **values)


def test_an_incident_counts_until_its_end_and_an_open_one_until_the_end_of_the_time(database: Database) -> None:
    with database.transaction() as session:
        session.add(incident("resolved", day=1, status="resolved", resolved_at=MONDAY + timedelta(days=2)))
        session.add(incident("open", day=3))
        session.add(incident("small", day=1, severity="S3"))
        session.add(incident("drill", day=1, is_drill=True))
        session.add(incident("over before", day=-3, status="closed", closed_at=MONDAY - timedelta(days=1)))
    start, end = (int((MONDAY + timedelta(days=days)).timestamp()) for days in (0, 5))

    with database.reading() as session:
        windows = windows_of_others(session, 0, start, end)

    days = sorted((round((began - start) / 86_400), round((ended - start) / 86_400)) for began, ended in windows)
    assert days == [(1, 2), (3, 5)]
