"""People are looked up once in half a minute, and never longer than they stay what they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.directory.cache import KEPT_S, PeopleCache
from bot.directory.rules import PersonFacts
from bot.runtime import clock

ANA = PersonFacts("U1", "Ana")
ANA_AS_GUEST = PersonFacts("U1", "Ana", is_guest=True)


class Database:
    """What is recorded of Ana, and how often somebody asked."""

    def __init__(self) -> None:
        self.person: PersonFacts | None = ANA
        self.asked = 0

    def read(self, user_id: str) -> PersonFacts | None:
        self.asked += 1
        return self.person


@pytest.fixture
def offset_file(tmp_path: Path) -> Iterator[Path]:
    clock.use_offset_file(tmp_path / "clock")
    yield tmp_path / "clock"
    clock.use_offset_file(None)


def test_a_person_is_read_once(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()

    assert [cache.find("U1", database.read) for _ in range(3)] == [ANA] * 3
    assert database.asked == 1


def test_what_another_replica_recorded_is_noticed_after_half_a_minute(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    cache.find("U1", database.read)
    database.person = ANA_AS_GUEST

    assert cache.find("U1", database.read) == ANA
    offset_file.write_text(str(KEPT_S))
    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_what_this_process_records_is_noticed_at_once(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    cache.find("U1", database.read)
    database.person = ANA_AS_GUEST
    cache.clear()

    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_what_was_read_before_a_change_and_arrives_after_it_is_not_kept(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()

    def read_too_early(user_id: str) -> PersonFacts | None:
        cache.clear()
        return ANA

    cache.find("U1", read_too_early)
    database.person = ANA_AS_GUEST

    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_nobody_is_remembered_as_unknown(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    database.person = None
    assert cache.find("U1", database.read) is None
    database.person = ANA

    assert cache.find("U1", database.read) == ANA
