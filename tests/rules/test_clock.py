"""The clock that can be moved from outside."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from bot.runtime import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def offset_file(tmp_path: Path):
    clock.use_offset_file(tmp_path / "clock")
    yield tmp_path / "clock"
    clock.use_offset_file(None)


@freeze_time(NOON)
def test_the_clock_is_shifted_by_the_offset_in_the_file(offset_file: Path) -> None:
    offset_file.write_text("3600")

    assert clock.utcnow() == NOON + timedelta(hours=1)


@freeze_time(NOON)
def test_a_file_that_is_missing_or_half_written_shifts_nothing(offset_file: Path) -> None:
    assert clock.utcnow() == NOON
    offset_file.write_text("36x")
    assert clock.utcnow() == NOON


def test_the_next_due_time_is_written_beside_the_offset(offset_file: Path) -> None:
    clock.publish_next_due(NOON)
    assert (offset_file.parent / "clock.due").read_text() == str(int(NOON.timestamp()))

    clock.publish_next_due(None)
    assert (offset_file.parent / "clock.due").read_text() == ""


def test_a_duration_is_measured_from_the_clock_at_its_beginning(tmp_path: Path) -> None:
    shifted = tmp_path / "past"
    shifted.write_text(f"{-400 * 86_400}")
    clock.use_offset_file(shifted)
    try:
        began = clock.monotonic_s()
        shifted.write_text(f"{-400 * 86_400 + 60}")
        assert began >= 0
        assert 60 <= clock.monotonic_s() - began < 70
    finally:
        clock.use_offset_file(None)
