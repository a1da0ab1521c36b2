"""People are looked up once in half a minute, and the cache is never staler than that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.directory.cache import MAX_AGE_S, PeopleCache
from bot.directory.rules import PersonFacts
from bot.runtime import clock

ANA = PersonFacts("U1", "Ana")
ANA_AS_GUEST = PersonFacts("U1", "Ana", is_guest=True)


class Database:
    """The record of Ana, with the number of reads."""

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


def test_a_change_by_another_replica_is_noticed_after_half_a_minute(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    cache.find("U1", database.read)
    database.person = ANA_AS_GUEST

    assert cache.find("U1", database.read) == ANA
    offset_file.write_text(str(MAX_AGE_S))
    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_a_change_by_this_process_is_noticed_at_once(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    cache.find("U1", database.read)
    database.person = ANA_AS_GUEST
    cache.clear()

    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_a_read_that_began_before_a_change_and_ends_after_it_is_not_cached(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()

    def read_too_early(user_id: str) -> PersonFacts | None:
        cache.clear()
        return ANA

    cache.find("U1", read_too_early)
    database.person = ANA_AS_GUEST

    assert cache.find("U1", database.read) == ANA_AS_GUEST


def test_unknown_people_are_not_cached(offset_file: Path) -> None:
    cache, database = PeopleCache(), Database()
    database.person = None
    assert cache.find("U1", database.read) is None
    database.person = ANA

    assert cache.find("U1", database.read) == ANA
