"""Open times when a roster arrives: what is uncovered now, and who is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot import directory
from bot.config.floor import Need, Shifts
from bot.directory.cache import PeopleCache
from bot.directory.rules import PersonFacts
from bot.runtime.database import Database
from bot.services import Services
from bot.shifts import coverage, open_time_tables
from bot.shifts.open_time_tables import OpenTime, State
from bot.shifts.tables import Shift
from tests import prepared
from tests.rules.test_update_templates import services

NOW = datetime(2026, 11, 29, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PEOPLE = ("U0BEN", "U0CHLOE", "U0DEVI")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Services]:
    """A floor that always needs a manager, and has no roster yet."""
    database = Database(prepared.database(tmp_path))
    shifts = Shifts(roles={"gqm": "Manager"}, needs=[Need(role="gqm")])
    floor_services = replace(services(shifts=shifts), database=database)
    floor_services.parts[PeopleCache] = PeopleCache()
    with database.transaction() as session:
        directory.save_people(session, [PersonFacts(each, each) for each in PEOPLE])
    coverage.find_open_times(floor_services, NOW)
    yield floor_services
    database.close()


def rosters(floor: Services, *shifts: tuple[str, int, int]) -> None:
    """Enter shifts: who, from when until when, in hours from now."""
    with floor.database.transaction() as session:
        session.add_all(
            Shift(
                source="EMEA",
                external_id=f"{user_id} {start}",
                person=user_id,
                user_id=user_id,
                role="gqm",
                # As after Chloe took an open time of the floor's need, which names no region.
                region="" if user_id == "U0CHLOE" else "EMEA",
                starts_at=NOW + start * HOUR,
                ends_at=NOW + end * HOUR,
                changed_at=NOW,
            )
            for user_id, start, end in shifts
        )


def open_gaps(floor: Services, at: datetime) -> list[tuple[float, float, list[str]]]:
    """Check the roster; return every gap as hours from now, with the people who were told."""
    coverage.find_open_times(floor, at)
    with floor.database.reading() as session:
        return [
            ((gap.starts_at - NOW) / HOUR, (gap.ends_at - NOW) / HOUR, sorted(gap.told))
            for gap in open_time_tables.all_open(session)
        ]


def test_a_gap_that_has_begun_ends_when_somebody_is_on_and_the_later_one_is_asked_for(floor: Services) -> None:
    with floor.database.reading() as session:
        assert [gap.starts_at for gap in open_time_tables.all_open(session)] == [NOW], "there is no roster at all"

    rosters(floor, ("U0BEN", -8, 8), ("U0CHLOE", 20, 60))

    assert open_gaps(floor, NOW + 2 * MINUTE) == [(8, 20, ["U0BEN", "U0CHLOE"])]
    with floor.database.reading() as session:
        first = session.exec(select(OpenTime).order_by(col(OpenTime.id))).first()
        assert (first and first.state) == State.MERGED


def test_a_gap_that_became_shorter_is_offered_to_those_who_can_fill_it_now(floor: Services) -> None:
    rosters(floor, ("U0BEN", -8, 8), ("U0CHLOE", 20, 60))
    open_gaps(floor, NOW + 2 * MINUTE)

    rosters(floor, ("U0DEVI", 8, 16))

    everybody = ["U0BEN", "U0CHLOE", "U0DEVI"]
    assert open_gaps(floor, NOW + 4 * MINUTE) == [(16, 20, everybody)]
    assert open_gaps(floor, NOW + 14 * MINUTE) == [(16, 20, everybody)]


def test_a_gap_at_the_end_of_the_time_ahead_is_found_once_an_hour_of_it_is_known(floor: Services) -> None:
    rosters(floor, ("U0BEN", -8, 8), ("U0CHLOE", 8, 48))

    assert open_gaps(floor, NOW + 50 * MINUTE) == []
    assert open_gaps(floor, NOW + HOUR) == [(48, 49, ["U0BEN", "U0CHLOE"])]


def test_a_gap_that_lasts_beyond_the_time_ahead_is_shown_until_a_full_hour(floor: Services) -> None:
    rosters(floor, ("U0BEN", -8, 8), ("U0CHLOE", 8, 40))

    assert open_gaps(floor, NOW + 14 * MINUTE) == [(40, 48, ["U0BEN", "U0CHLOE"])]
