"""Open times of the rosters: each is one, however the roster changes around it, until enough people are on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from sqlmodel import select

from bot import directory
from bot.config.floor import Need, Shifts
from bot.directory import lookup
from bot.directory.cache import PeopleCache
from bot.directory.departures import Departures
from bot.directory.rules import PersonFacts
from bot.incidents.registry import Registry
from bot.outbox import kinds
from bot.outbox.kinds import Context
from bot.outbox.tables import OutboxRow
from bot.runtime.database import Database
from bot.runtime.waiting import wait_until
from bot.services import Services
from bot.shifts import (
    absences,
    by_hand,
    contact,
    coverage,
    offers,
    oncall,
    open_time_messages,
    open_time_tables,
    open_time_views,
    people,
    tables,
)
from bot.shifts.open_time_tables import OpenTime, State
from bot.shifts.rules import AbsentThen, MayNotAsk, Problem
from bot.shifts.tables import Shift, ShiftClock
from bot.slack.phrases import Translator
from tests.floor import PATIENCE_S
from tests.postgres import count_waiting
from tests.rules.playbook_builders import NOON, after, database
from tests.rules.test_update_templates import services

ANA, BEN, ERIK, FARAH = "UANA", "UBEN", "UERIK", "UFARAH"
PEOPLE = (ANA, BEN, ERIK, FARAH)
ROLES = {"gqm": "Global queue manager"}
# The hours of the need: the night after the tests' noon.
MIDNIGHT = NOON.replace(hour=0) + timedelta(days=1)


def floor_with(database: Database, need: Need) -> Services:
    shifts = Shifts(roles=ROLES, needs=(need,), managers=(FARAH,), ahead=timedelta(hours=24))
    floor_services = services(shifts=shifts)
    departures = Departures([], floor_services.get(Registry).unavailable)
    parts = {**floor_services.parts, PeopleCache: PeopleCache(), Departures: departures}
    floor = replace(floor_services, database=database, parts=parts)
    with floor.database.transaction() as session:
        directory.save_people(session, [PersonFacts(each, each) for each in PEOPLE])
        # They were on in the role last week, so they may be asked.
        for person in (ANA, BEN, ERIK):
            session.add(shift(person, NOON - timedelta(days=7), 8))
    return floor


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Services]:
    """A floor that needs two people from midnight to 08:00."""
    floor = floor_with(database(tmp_path), Need(role="gqm", people=2, hours=(time(0), time(8))))
    yield floor
    floor.database.close()


@pytest.fixture
def single(tmp_path: Path) -> Iterator[Services]:
    """A floor that needs one person from midnight to 08:00."""
    floor = floor_with(database(tmp_path), Need(role="gqm", hours=(time(0), time(8))))
    yield floor
    floor.database.close()


def shift(person: str, starts_at: datetime, hours: float) -> Shift:
    facts: dict[str, Any] = {"person": person, "user_id": person, "role": "gqm", "changed_at": NOON}
    ends_at = starts_at + timedelta(hours=hours)
    return Shift(source="x", external_id=f"{person}{starts_at}", starts_at=starts_at, ends_at=ends_at, **facts)


def is_on(floor: Services, person: str, starts_in: float, hours: float) -> None:
    """Put a person on shift, so many hours after midnight."""
    with floor.database.transaction() as session:
        session.add(shift(person, MIDNIGHT + timedelta(hours=starts_in), hours))


def is_ill(floor: Services, person: str, now: datetime) -> None:
    absences.enter(floor, person, (now, now + timedelta(hours=24)), "sick", "", person, now)


def open_times(floor: Services, now: datetime) -> list[OpenTime]:
    """Look at the coverage; return every open time that was ever found."""
    coverage.find_open_times(floor, now)
    with floor.database.reading() as session:
        return list(session.exec(select(OpenTime).order_by(sa.text("id"))).all())


def text(floor: Services, open_time: OpenTime, now: datetime) -> str:
    return str(open_time_views.open_time_message(open_time, (), floor.floor, Translator(), now))


def current_message(floor: Services, open_time: OpenTime) -> str:
    """The message about an open time as its recipients see it now."""
    with floor.database.reading() as session:
        rows = session.exec(select(OutboxRow).where(OutboxRow.kind == "open_time").order_by(sa.text("id")))
        row = next(row for row in rows if row.subject.startswith(f"{open_time.number}:"))
        return str(open_time_messages.message(Context(session, floor, None, row)))


def messages(floor: Services) -> list[str]:
    """The subject of every message about open times."""
    query = select(OutboxRow.subject).where(OutboxRow.kind == "open_time").order_by(sa.text("id"))
    with floor.database.reading() as session:
        return list(session.exec(query))


def test_a_short_time_in_which_nobody_is_left_stays_open_with_its_answer_and_the_managers_are_told(
    pair: Services,
) -> None:
    is_on(pair, ANA, 0, 8)
    (short,) = open_times(pair, after(minutes=1))
    assert "is alone as Global queue manager, 2 are needed" in text(pair, short, NOON)
    offers.answer_request(pair, short.number, "Two from Cebu", FARAH, after(minutes=5))
    is_ill(pair, ANA, after(minutes=10))
    (gap,) = open_times(pair, after(minutes=11))
    assert gap.is_open
    assert "Nobody is on as Global queue manager" in text(pair, gap, NOON)
    assert gap.answer == "Two from Cebu"
    assert messages(pair) == ["1:UBEN", "1:UERIK", "1:UFARAH:manager", "1:UFARAH:gap:manager"]
    open_times(pair, after(minutes=21))
    assert len(messages(pair)) == 4


def test_a_gap_with_one_of_two_people_is_not_covered(pair: Services) -> None:
    open_times(pair, after(minutes=1))
    is_on(pair, BEN, 0, 8)
    (short,) = open_times(pair, after(minutes=11))
    assert short.is_open
    assert "<@UBEN> is alone as Global queue manager, 2 are needed" in text(pair, short, NOON)
    is_on(pair, ERIK, 0, 8)
    (covered,) = open_times(pair, after(minutes=21))
    assert "Covered: the roster was changed" in text(pair, covered, NOON)
    recipients = [subject.removesuffix(open_time_messages.MANAGER) for subject in messages(pair)]
    assert all(recipient.count(":") == 1 for recipient in recipients), "nobody was told twice"


def test_two_gaps_that_become_one_are_not_covered(single: Services) -> None:
    is_on(single, ANA, 2, 2)
    first, second = open_times(single, after(minutes=1))
    assert second.is_open
    offers.answer_request(single, first.number, "Nobody before 02:00", FARAH, after(minutes=5))
    offers.answer_request(single, second.number, "Two from Cebu", FARAH, after(minutes=6))
    is_ill(single, ANA, after(minutes=10))
    first, second = open_times(single, after(minutes=11))
    assert (first.starts_at, first.ends_at) == (MIDNIGHT, MIDNIGHT + timedelta(hours=8))
    assert (first.state, second.state) == (State.OPEN, State.MERGED)
    assert "part of another open time" in text(single, second, NOON)
    for shown in (str(oncall.gaps(single, BEN, after(minutes=12))), current_message(single, first)):
        assert "Nobody before 02:00" in shown, "what was answered about either of them still stands"
        assert "Two from Cebu" in shown
    with single.database.reading() as session:
        assert open_time_tables.gaps_late(session, NOON, after(days=2)) == (1, 0)


def test_a_gap_of_two_people_is_filled_when_both_have_taken_it(pair: Services) -> None:
    (gap,) = open_times(pair, after(minutes=1))
    offers.take(pair, gap.number, BEN, after(minutes=5))
    (half,) = open_times(pair, after(minutes=6))
    assert (half.is_open, half.people) == (True, [BEN])
    assert "<@UBEN> is alone" in text(pair, half, NOON)
    offers.take(pair, gap.number, ERIK, after(minutes=7))
    (filled,) = open_times(pair, after(minutes=8))
    assert (filled.state, filled.filled_by) == (State.FILLED, ERIK)
    assert messages(pair) == ["1:UANA", "1:UBEN", "1:UERIK"], "one each"
    with pair.database.reading() as session:
        assert open_time_tables.gaps_late(session, NOON, after(days=2)) == (1, 0)
    assert filled.problem == Problem.GAP


def test_people_below_the_load_are_found_one_by_one(pair: Services) -> None:
    with pair.database.transaction() as session:
        times: dict[str, Any] = {"starts_at": MIDNIGHT, "ends_at": MIDNIGHT + timedelta(hours=8), "found_at": NOON}
        request = OpenTime(problem=Problem.BELOW_LOAD, role="gqm", needed=3, answer="Two from Cebu", **times)
        session.add(request)
        session.flush()
        number = request.number
    for person in (BEN, ERIK):
        offers.take(pair, number, person, after(minutes=5))
        with pair.database.reading() as session:
            assert open_time_tables.look_up(session, number).is_open


def test_a_manager_is_asked_for_people_even_after_the_words_of_old_messages_are_removed(pair: Services) -> None:
    with pair.database.transaction() as session:
        times: dict[str, Any] = {"starts_at": MIDNIGHT, "ends_at": MIDNIGHT + timedelta(hours=8), "found_at": NOON}
        request = OpenTime(problem=Problem.BELOW_LOAD, role="gqm", needed=3, **times)
        session.add(request)
        session.flush()
        open_time_messages.post(session, request, [FARAH], NOON, is_manager=True)
        open_time_messages.post(session, request, [BEN], NOON)
        session.connection().exec_driver_sql("UPDATE outbox SET payload = '{}'")

    with pair.database.reading() as session:
        rows = session.exec(select(OutboxRow).order_by(sa.text("id"))).all()
        for_farah, for_ben = (str(open_time_messages.message(Context(session, pair, None, row))) for row in rows)
    assert "Answer the request" in for_farah
    assert "Answer the request" not in for_ben


def test_a_person_who_left_the_role_is_asked_no_more(single: Services) -> None:
    (gap,) = open_times(single, after(minutes=1))
    assert "Ask somebody" in current_message(single, gap)
    with single.database.transaction() as session:
        session.connection().execute(sa.delete(Shift).where(sa.column("user_id") == ANA))

    (gap,) = open_times(single, after(minutes=2))

    assert sorted(gap.told) == [BEN, ERIK]
    assert "Ask somebody" not in current_message(single, gap), "the message to Ana, which was the first"
    with pytest.raises(MayNotAsk, match="You are not rostered"):
        offers.ask(single, gap.number, BEN, ANA, after(minutes=3))


def test_a_person_whom_slack_does_not_know_covers_nothing_and_is_named(single: Services) -> None:
    with single.database.transaction() as session:
        carla = shift("carla@example.com", MIDNIGHT, 8)
        carla.user_id = None
        session.add(carla)
    is_on(single, BEN, 4, 4)
    is_ill(single, BEN, after(hours=11))

    (gap,) = open_times(single, after(hours=11))

    assert (gap.starts_at, gap.ends_at) == (MIDNIGHT, MIDNIGHT + timedelta(hours=8))
    for shown in (current_message(single, gap), str(oncall.gaps(single, ERIK, after(hours=11)))):
        assert "The roster names carla@example.com, whom I do not know. Rostered, but absent: <@UBEN>" in shown
    with single.database.reading() as session:
        assert tables.on_at(session, MIDNIGHT) == []
    coverage.escalate(single, after(hours=11))
    assert "Still open" not in current_message(single, gap), "everybody heard of it at this moment"


def test_a_person_whose_absence_leaves_the_gap_is_told_of_it_but_not_offered_it(single: Services) -> None:
    is_on(single, BEN, 0, 8)
    is_ill(single, BEN, after(hours=11))
    (gap,) = open_times(single, after(hours=11))
    with single.database.transaction() as session:
        stored_gap = session.get_one(OpenTime, gap.number)
        open_time_messages.post(session, stored_gap, [BEN], after(hours=11), is_manager=True)

    with single.database.reading() as session:
        rows = session.exec(select(OutboxRow).order_by(sa.text("id"))).all()
        messages = {
            row.channel_id: str(open_time_messages.message(Context(session, single, None, row)))
            for row in rows
            if row.kind == kinds.OPEN_TIME
        }
    assert "Ask somebody…" in messages[BEN]
    assert [user_id for user_id, shown in messages.items() if "I'll take it" in shown] == [ANA, ERIK]
    for_ben, for_erik = (str(oncall.gaps(single, user_id, after(hours=11))) for user_id in (BEN, ERIK))
    assert "I'll take it" not in for_ben
    assert "I'll take it" in for_erik


# Absent people and people who left


def is_gone(floor: Services, person: str) -> None:
    lookup.remember(floor, [PersonFacts(person, person, is_gone=True)], NOON)


def test_absent_people_take_no_shift(single: Services) -> None:
    (gap,) = open_times(single, after(minutes=1))
    is_ill(single, BEN, after(minutes=2))
    with pytest.raises(AbsentThen, match="Take the absence back first"):
        offers.take(single, gap.number, BEN, after(minutes=5))
    with pytest.raises(AbsentThen, match="<@UBEN> is absent at that time"):
        offers.ask(single, gap.number, BEN, ERIK, after(minutes=5))
    times = MIDNIGHT, MIDNIGHT + timedelta(hours=8)
    with pytest.raises(AbsentThen):
        by_hand.add(single, BEN, "gqm", ("", ""), times, FARAH, after(minutes=5), "form")
    offers.take(single, gap.number, ERIK, after(minutes=6))


def test_the_next_person_on_is_one_who_comes(single: Services) -> None:
    is_on(single, FARAH, -13, 13)
    for place, person in enumerate((ANA, BEN, ERIK)):
        is_on(single, person, place / 2, 4)
    is_ill(single, ANA, after(minutes=1))
    is_gone(single, BEN)
    with single.database.reading() as session:
        assert [shift.person for shift in contact.next_on(session, NOON, "gqm")] == [ERIK]
        assert people.next_on_shift(session, single, FARAH, NOON) == [ERIK]


def test_the_shift_of_somebody_who_left_is_open_and_the_point_of_contact_is_looked_at_at_once(
    single: Services,
) -> None:
    is_on(single, ANA, 0, 8)
    assert open_times(single, after(minutes=1)) == []
    contact.refresh(single, after(minutes=1))
    is_gone(single, ANA)
    with single.database.reading() as session:
        assert session.connection().execute(tables.next_check(tables.CONTACT)).scalar_one() == NOON
    (gap,) = open_times(single, after(minutes=11))
    assert gap.problem == Problem.GAP


def test_on_postgresql_an_open_time_is_taken_while_the_coverage_is_looked_at(prepared_postgres_url: str) -> None:
    floor = floor_with(Database(prepared_postgres_url), Need(role="gqm", hours=(time(0), time(8))))
    [open_time] = open_times(floor, NOON)
    is_on(floor, ANA, starts_in=0, hours=2)
    now = NOON + timedelta(minutes=1)
    with ThreadPoolExecutor() as threads:
        with floor.database.transaction() as session:
            # Both read it in the middle of their transactions.
            session.connection().exec_driver_sql("LOCK TABLE absences")
            tick = threads.submit(coverage.find_open_times, floor, now)
            assert wait_until(lambda: count_waiting(floor.database) == 1, PATIENCE_S)
            answer = threads.submit(offers.take, floor, open_time.number, BEN, now)
            assert wait_until(lambda: count_waiting(floor.database) == 2, PATIENCE_S)
        tick.result()
        assert "It's yours" in answer.result()

    with floor.database.reading() as session:
        [clock] = session.exec(select(ShiftClock).where(ShiftClock.name == tables.COVERAGE)).all()
        assert clock.due_at == now, "the change is looked at at once"
    assert [each.state for each in open_times(floor, now)] == [State.FILLED]
    floor.database.close()
