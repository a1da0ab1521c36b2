"""Taking and swapping shifts: people get the times that they read, or a sentence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot import directory
from bot.config.floor import Shifts
from bot.directory.cache import PeopleCache
from bot.directory.rules import PersonFacts
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.services import Services
from bot.shifts import offers, swaps, tables, views
from bot.shifts.asked_times import NotWithin, TimesChanged
from bot.shifts.open_time_tables import OpenTime, OpenTooLong, State
from bot.shifts.swap_tables import NoSuchSwap
from bot.shifts.swaps import AlreadyAsked
from bot.shifts.tables import Shift
from tests import prepared
from tests.rules.test_update_templates import services

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
NOW = MONDAY - timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def shifts(tmp_path: Path) -> Iterator[Services]:
    """Ben and Erik are rostered as global queue managers."""
    database = Database(prepared.database(tmp_path))
    floor_services = replace(services(shifts=Shifts(roles={"gqm": "Manager"})), database=database)
    floor_services.parts[PeopleCache] = PeopleCache()
    with database.transaction() as session:
        directory.save_people(session, [PersonFacts("U0BEN", "Ben"), PersonFacts("U0ERIK", "Erik")])
        session.add_all([_shift("U0BEN", MONDAY + 8 * HOUR), _shift("U0ERIK", MONDAY + 40 * HOUR)])
    yield floor_services
    database.close()


def _shift(user_id: str, starts_at: datetime) -> Shift:
    return Shift(
        source="EMEA",
        external_id=f"{user_id} {starts_at}",
        person=user_id,
        user_id=user_id,
        role="gqm",
        starts_at=starts_at,
        ends_at=starts_at + 8 * HOUR,
        changed_at=NOW,
    )


def _open_time(services: Services, starts_at: datetime, ends_at: datetime) -> int:
    with services.database.transaction() as session:
        open_time = OpenTime(problem="gap", role="gqm", starts_at=starts_at, ends_at=ends_at, found_at=NOW)
        session.add(open_time)
        session.flush()
        return open_time.number


def _moves(session: Session, row: Shift | OpenTime, starts_at: datetime, ends_at: datetime) -> None:
    row.starts_at, row.ends_at = starts_at, ends_at
    session.add(row)


def test_a_shift_that_was_moved_since_is_not_the_one_that_was_agreed_to(shifts: Services) -> None:
    swaps.propose(shifts, 1, None, "U0ERIK", "U0BEN", NOW)
    with shifts.database.transaction() as session:
        _moves(session, session.get_one(Shift, 1), MONDAY + 22 * HOUR, MONDAY + 30 * HOUR)

    with pytest.raises(TimesChanged) as refused:
        swaps.agree(shifts, 1, "U0ERIK", NOW + HOUR)

    assert f"{(MONDAY + 22 * HOUR).timestamp():.0f}" in refused.value.sentence
    with shifts.database.reading() as session:
        assert session.get_one(Shift, 1).user_id == "U0BEN"
    swaps.propose(shifts, 1, None, "U0ERIK", "U0BEN", NOW + HOUR)
    swaps.agree(shifts, 2, "U0ERIK", NOW + HOUR)


def test_a_colleague_takes_the_part_of_an_open_time_that_they_were_asked_about(shifts: Services) -> None:
    starts_at, ends_at = MONDAY, MONDAY + 5 * HOUR
    number = _open_time(shifts, starts_at, ends_at)
    offers.ask(shifts, number, "U0ERIK", "U0BEN", NOW)
    offers.ask(shifts, number, "U0BEN", "U0ERIK", NOW)
    with shifts.database.transaction() as session:
        _moves(session, session.get_one(OpenTime, number), starts_at, MONDAY + 30 * HOUR)

    swaps.agree(shifts, 1, "U0ERIK", NOW + HOUR)

    with shifts.database.reading() as session:
        taken = session.exec(select(Shift).where(col(Shift.source) == "by hand")).one()
        assert (taken.user_id, taken.starts_at, taken.ends_at) == ("U0ERIK", starts_at, ends_at)
    other = _open_time(shifts, starts_at, ends_at)
    offers.ask(shifts, other, "U0BEN", "U0ERIK", NOW)
    with shifts.database.transaction() as session:
        _moves(session, session.get_one(OpenTime, other), starts_at + HOUR, ends_at)
    with pytest.raises(TimesChanged):
        swaps.agree(shifts, 3, "U0BEN", NOW + HOUR)


def test_an_open_time_that_is_over_or_longer_than_any_shift_is_not_taken(shifts: Services) -> None:
    over = _open_time(shifts, NOW - HOUR, NOW)
    with pytest.raises(offers.NotOpen, match="It has passed"):
        offers.take(shifts, over, "U0BEN", NOW + timedelta(seconds=30))
    weekend = _open_time(shifts, MONDAY + 4 * 24 * HOUR, MONDAY + 6 * 24 * HOUR)
    with pytest.raises(OpenTooLong, match="48 hours"):
        offers.take(shifts, weekend, "U0BEN", NOW)


def test_hours_of_a_long_open_time_are_taken(shifts: Services) -> None:
    number = _open_time(shifts, MONDAY + 16 * HOUR, MONDAY + 36 * HOUR)
    with pytest.raises(OpenTooLong, match="20 hours"):
        offers.take(shifts, number, "U0BEN", NOW)
    with pytest.raises(NotWithin):
        offers.take(shifts, number, "U0BEN", NOW, (MONDAY + 16 * HOUR, MONDAY + 37 * HOUR))

    offers.take(shifts, number, "U0BEN", NOW, (MONDAY + 20 * HOUR, MONDAY + 28 * HOUR))

    with shifts.database.reading() as session:
        taken = session.exec(select(Shift).where(col(Shift.source) == "by hand")).one()
        assert (taken.starts_at, taken.ends_at) == (MONDAY + 20 * HOUR, MONDAY + 28 * HOUR)


def test_a_request_is_made_once_and_every_copy_ends_with_the_swap(shifts: Services) -> None:
    swaps.propose(shifts, 1, 2, "", "U0BEN", NOW)
    with pytest.raises(AlreadyAsked, match="U0ERIK"):
        swaps.propose(shifts, 1, 2, "", "U0BEN", NOW)
    swaps.propose(shifts, 1, None, "U0ERIK", "U0BEN", NOW)

    swaps.agree(shifts, 1, "U0ERIK", NOW)

    with pytest.raises(NoSuchSwap):
        swaps.agree(shifts, 2, "U0ERIK", NOW)
    with shifts.database.reading() as session:
        copy = session.exec(select(OutboxRow).where(OutboxRow.key == "shift_swap:2")).one()
        assert copy.payload is not None
        assert "changed hands meanwhile" in str(copy.payload["blocks"])
        assert "shift.agree" not in str(copy.payload["blocks"])


def test_an_open_time_can_be_taken_again_after_that_shift_was_swapped_away(shifts: Services) -> None:
    number = _open_time(shifts, MONDAY, MONDAY + 5 * HOUR)
    offers.take(shifts, number, "U0BEN", NOW)
    swaps.propose(shifts, 3, None, "U0ERIK", "U0BEN", NOW)
    swaps.agree(shifts, 1, "U0ERIK", NOW)
    with shifts.database.transaction() as session:
        # Another person is still needed.
        session.get_one(OpenTime, number).state = State.OPEN

    offers.take(shifts, number, "U0BEN", NOW)

    with shifts.database.reading() as session:
        taken = session.exec(select(Shift).where(col(Shift.source) == "by hand")).all()
        assert sorted(str(shift.user_id) for shift in taken) == ["U0BEN", "U0ERIK"]


def test_a_region_with_an_accented_capital_is_found_and_a_name_in_capitals_is_no_mention(shifts: Services) -> None:
    with shifts.database.transaction() as session:
        in_africa = _shift("WANG LI", MONDAY)
        in_africa.region, in_africa.role, in_africa.user_id = "África", "Ñoc", "U0WANG"
        session.add(in_africa)
        session.flush()

        for region in ("África", "áfrica"):
            assert [shift.person for shift in tables.on_at(session, MONDAY, "ñoc", region)] == ["WANG LI"]
        in_africa.user_id = "U0CHLOE"
        session.flush()
        assert tables.people_in_role(session, "ÑOC", NOW) == [("U0CHLOE", "África")]
    assert [views.holder(each) for each in ("WANG LI", "Walter", "U0BEN")] == ["WANG LI", "Walter", "<@U0BEN>"]
