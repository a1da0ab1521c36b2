"""Cases: deadlines in a contract's calendar, the board's arithmetic, states, files, with known right answers."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from bot.cases.open_cases import OpenCases
from bot.cases.reading import priority_of, read_cases
from bot.cases.rules.balance import (
    TeamLoad,
    balance_index,
    is_queue_too_long,
    is_unusual_intake,
    overlap,
    suggestion,
)
from bot.cases.rules.board import Capacity, OpenCase, Ranking, Wanted, board, expected_pickup, read_wanted
from bot.cases.rules.escalation import BY_HAND, UNASSIGNED, level_due, next_level
from bot.cases.rules.schedule import NeverOpen, Schedule
from bot.cases.rules.sla import Clock, Pause, merged
from bot.cases.rules.states import Phase, Step, pauses_of, phase_of, reopenings
from bot.cases.tables import Case
from bot.config.floor.cases import Cases, ContractHours, read_hours
from bot.errors import WatchfloorError
from bot.runtime.database import Database
from tests import prepared
from tests.samples import sample

VECTORS = json.loads((Path(__file__).parent / "cases" / "vectors_sla.json").read_text())
NINE_TO_FIVE = dict.fromkeys(range(5), ((9 * 60, 17 * 60),))
EVERY_DAY = dict.fromkeys(range(7), ((9 * 60, 17 * 60),))
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def vector(source: str) -> dict[str, object]:
    return next(each for each in VECTORS if source in each["source"])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_of_24_hours_lasts_three_days_of_eight() -> None:
    known, zone = vector("TimingsAndSchedules"), ZoneInfo("America/New_York")
    start = datetime.fromisoformat(str(known["start"])).replace(tzinfo=zone)
    due = Clock(Schedule("America/New_York", NINE_TO_FIVE), start, timedelta(hours=24)).deadline()
    assert due == datetime.fromisoformat(str(known["due"])).replace(tzinfo=zone)


def test_only_time_within_the_schedule_counts_towards_a_target() -> None:
    known = vector("bus-schedule")
    clock = Clock(
        Schedule(hours=dict.fromkeys(range(7), ((8 * 60, 24 * 60),))), utc("2026-03-02T07:00"), timedelta(hours=8)
    )
    for at, share in dict(known["marks"]).items():  # type: ignore[call-overload]  # read from JSON
        assert clock.elapsed(utc(f"2026-03-02T{at}")) / clock.target == share


def test_a_due_date_out_of_hours_moves_to_the_next_opening() -> None:
    known = vector("c_SLADuration")
    schedule = Schedule(hours=dict.fromkeys(range(7), ((8 * 60, 16 * 60),)))
    assert next(schedule.open_spans(utc(str(known["due_date"]))))[0] == utc(str(known["due"]))


def test_a_weekend_does_not_count() -> None:
    known = vector("13392")
    clock = Clock(Schedule(hours=NINE_TO_FIVE), utc(str(known["start"])), timedelta(hours=1))
    assert clock.deadline() == utc(str(known["due"]))


def test_a_hold_outside_the_schedule_moves_nothing_and_one_within_it_moves_the_deadline_by_its_length() -> None:
    start, hold = utc("2026-03-02T09:00"), Pause(utc("2026-03-02T17:00"), utc("2026-03-03T09:00"))
    clock = Clock(Schedule(hours=EVERY_DAY), start, timedelta(hours=8), (hold,))
    assert clock.deadline() == utc("2026-03-02T17:00")
    hour = Pause(utc("2026-03-02T10:00"), utc("2026-03-02T11:00"))
    assert Clock(Schedule(hours=EVERY_DAY), start, timedelta(hours=8), (hour,)).deadline() == utc(
        "2026-03-03T10:00"
    )
    assert Clock(Schedule(), start, timedelta(hours=8), (hour,)).deadline() == utc("2026-03-02T18:00")


def test_a_target_that_is_nearly_used_up_is_no_breach() -> None:
    clock = Clock(Schedule(), NOW, timedelta(hours=100))
    at = NOW + timedelta(hours=99, minutes=57, seconds=4)
    assert not clock.is_breached(at)
    assert clock.is_breached(NOW + timedelta(hours=100))


def test_a_paused_clock_has_no_deadline_and_its_elapsed_time_stands_still() -> None:
    for schedule in (Schedule(), Schedule(hours=EVERY_DAY)):
        start = utc("2026-03-02T09:00")
        clock = Clock(schedule, start, timedelta(hours=8), (Pause(start + timedelta(hours=2)),))
        assert clock.deadline() is None
        assert clock.elapsed(start + timedelta(days=30)) == timedelta(hours=2)


@pytest.mark.parametrize("known", [each for each in VECTORS if "half_hours" in each], ids=lambda each: each["day"])
def test_a_local_day_is_as_long_as_its_clock_says(known: dict[str, object]) -> None:
    day, _, zone_name = str(known["day"]).partition(" ")
    zone = ZoneInfo(zone_name)
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    end = datetime.combine(start.date() + timedelta(days=1), datetime.min.time(), zone)
    whole_days = Schedule(zone_name, dict.fromkeys(range(7), ((0, 24 * 60),)))
    clock = Clock(whole_days, start.astimezone(UTC), timedelta(days=30))
    assert clock.elapsed(end.astimezone(UTC)) == timedelta(minutes=30) * int(str(known["half_hours"]))


def test_hours_whose_start_the_clock_change_skips_begin_right_after_the_change() -> None:
    (since, until) = next(Schedule("Europe/London", {6: ((90, 300),)}).open_spans(utc("2026-03-29T00:00")))
    assert (since, until) == (utc("2026-03-29T01:00"), utc("2026-03-29T04:00"))


def test_hours_may_begin_and_end_at_any_minute() -> None:
    quarters = Schedule(hours={0: ((8 * 60 + 45, 17 * 60 + 15),)})
    assert next(quarters.open_spans(utc("2026-03-01T00:00"))) == (utc("2026-03-02T08:45"), utc("2026-03-02T17:15"))


def test_a_holiday_is_a_day_of_the_contracts_zone_and_a_schedule_without_hours_is_refused() -> None:
    closed = Schedule("Asia/Manila", EVERY_DAY, frozenset({date(2026, 3, 2)}))
    assert next(closed.open_spans(utc("2026-03-01T23:00")))[0] == utc("2026-03-03T01:00")
    with pytest.raises(NeverOpen):
        next(Schedule(hours={0: ()}).open_spans(NOW))


moments = st.integers(0, 60 * 24 * 20).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(st.lists(st.tuples(moments, moments), max_size=5), st.integers(1, 60 * 40))
def test_exactly_the_target_is_used_at_the_deadline(spans: list[tuple[datetime, datetime]], minutes: int) -> None:
    pauses = tuple(Pause(min(span), max(span)) for span in spans)
    for schedule in (Schedule("Europe/Madrid", NINE_TO_FIVE), Schedule()):
        clock = Clock(schedule, NOW, timedelta(minutes=minutes), pauses)
        due = clock.deadline()
        assert due is not None
        assert clock.elapsed(due) == clock.target
        assert clock.elapsed(due - timedelta(seconds=1)) < clock.target
    apart = merged(pauses, NOW)
    assert all(one.until and one.until < two.since for one, two in pairwise(apart))


HALF_HOUR = timedelta(minutes=30)
half_hours = st.integers(-96, 480).map(lambda count: NOW + count * HALF_HOUR)


@given(st.lists(st.tuples(half_hours, st.none() | half_hours), max_size=5))
def test_the_clock_runs_in_every_half_hour_of_its_schedule_that_no_pause_covers(
    spans: list[tuple[datetime, datetime | None]],
) -> None:
    pauses = tuple(Pause(since, until and max(since, until)) for since, until in spans)
    holiday = date(2026, 11, 27)
    for schedule, is_open in (
        (Schedule(), lambda at: True),
        (Schedule(hours=NINE_TO_FIVE), lambda at: at.weekday() < 5 and 9 <= at.hour < 17),
        (Schedule(holidays=frozenset({holiday})), lambda at: at.date() != holiday),
    ):
        clock = Clock(schedule, NOW, 20 * HALF_HOUR, pauses)
        running = [
            at
            for at in (NOW + count * HALF_HOUR for count in range(14 * 48))
            if is_open(at)
            and not any(pause.since <= at and (pause.until is None or at < pause.until) for pause in pauses)
        ]
        assert clock.elapsed(NOW + timedelta(days=14)) == len(running) * HALF_HOUR
        assert clock.deadline() == (running[19] + HALF_HOUR if len(running) >= 20 else None)


def test_states_of_other_systems_say_whose_turn_it_is() -> None:
    names = ("New", "2", "Awaiting User Info", "On Hold", "Resolved", "Closed - pending review", "Active", "-100")
    expected = ["new", "working", "pending", "pending", "resolved", "closed", "working", None]
    assert [phase_of(name) for name in names] == expected
    ours = ("Unresolved", "Sin resolver", "Waiting for support", "Awaiting assignment", "Pendiente de asignar")
    assert [phase_of(name) for name in ours] == ["working", "working", "working", "new", "new"]
    assert [phase_of(name) for name in ("Closed - unresolved", "Waiting for customer")] == ["closed", "pending"]
    hours = [NOW + timedelta(hours=hour) for hour in range(6)]
    phases = (Phase.NEW, Phase.PENDING, Phase.RESOLVED, Phase.WORKING, Phase.RESOLVED, Phase.CLOSED)
    steps = [Step(at, phase) for at, phase in zip(hours, phases, strict=True)]
    assert pauses_of(steps) == (Pause(hours[1], hours[3]), Pause(hours[4]))
    assert reopenings(steps) == 1


def open_case(number: int, due_in_min: int | None, **facts: object) -> OpenCase:
    defaults: dict[str, object] = {
        "name": f"C{number}",
        "title": "",
        "customer": "Acme",
        "priority": "P3",
        "region": "",
    }
    defaults |= {"team": "Billing", "owner": "", "owner_id": None, "phase": "new", "target_s": 8 * 3600, "url": ""}
    defaults |= {"opened_at": NOW, "reopened": 0, "is_sensitive": False, "snoozed_until": None}
    due_at = None if due_in_min is None else NOW + timedelta(minutes=due_in_min)
    return OpenCase(number=number, due_at=due_at, **(defaults | facts))  # type: ignore[arg-type]  # of mixed types


def rank(cases: list[OpenCase], capacity: dict[str, Capacity], now: datetime) -> Ranking:
    return Ranking(sorted(cases, key=attrgetter("order")), capacity, now)


def test_the_board_shows_its_arithmetic_and_colours() -> None:
    cases = [
        open_case(1, 300),
        open_case(2, 20),
        open_case(3, 200, owner="ann"),
        open_case(4, None),
        open_case(5, 40),
    ]
    entries = rank(cases, {"Billing": Capacity(1, 2.0)}, NOW)
    assert [entry.case.number for entry in entries] == [2, 5, 3, 1, 4]
    assert [entry.position for entry in entries] == [1, 2, 0, 3, 0]
    assert [entry.pickup for entry in entries][:2] == [timedelta(minutes=30), timedelta(minutes=60)]
    assert [entry.colour for entry in entries] == ["red", "red", "green", "green", "paused"]
    assert expected_pickup(7, Capacity(3, 4)) == timedelta(minutes=45), "ceil(7 / 3) / 4 an hour"
    assert expected_pickup(1, Capacity()) is None
    busy = {"Billing": Capacity(0, 2.0, 2), "Night": Capacity(0, 2.0, is_rostered=True), "Day": Capacity(0, 2.0)}
    waiting = [open_case(number, 64) for number in (1, 2, 3)]
    waiting += [
        open_case(number, 64, team=name, target_s=0) for number, name in ((4, "Night"), (5, "Night"), (6, "Day"))
    ]
    colours = [entry.colour for entry in rank(waiting, busy, NOW)]
    assert colours[:3] == ["amber", "amber", "red"], "with nobody free, two at work take the third in an hour"
    assert colours[3:] == ["green", "red", "green"], (
        "with nobody at work, one is counted; nothing is known of a third team"
    )
    (amber,) = rank([open_case(1, 124, owner="ann")], {}, NOW)
    (green,) = rank([open_case(1, 125, owner="ann")], {}, NOW)
    assert (amber.colour, green.colour) == ("amber", "green")


def test_the_board_is_paged_and_counted_and_snoozed_cases_come_back_when_they_breach() -> None:
    until = NOW + timedelta(hours=1)
    cases = [open_case(number, number) for number in range(1, 20)] + [open_case(50, -1, snoozed_until=until)]
    cases += [open_case(51, 90, snoozed_until=until), open_case(52, 400, owner_id="U1", reopened=2)]
    entries = rank(cases, {}, NOW)
    first = board(entries, Wanted(), NOW, 6)
    assert (first.total, first.matching, len(first.entries), first.counts["snoozed"]) == (22, 21, 6, 1)
    assert first.entries[0].case.number == 50
    assert board(entries, Wanted(page=99), NOW, 6).wanted.page == 3
    assert [each.case.number for each in board(entries, Wanted("mine", by="U1"), NOW, 6).entries] == [52]
    assert read_wanted("Red emea 3", "U1") == Wanted("red", ("emea",), "U1", 2)
    assert read_wanted("00001027", "U1") == Wanted("", ("00001027",), "U1", 0)
    assert read_wanted("1027 2", "U1") == Wanted("", ("1027",), "U1", 1)


def test_the_board_counts_breached_and_snoozed_cases_to_the_second() -> None:
    cases = [open_case(1, 0), open_case(2, 0, snoozed_until=NOW + timedelta(hours=1)), open_case(3, None)]
    cases += [open_case(4, 90, snoozed_until=NOW), open_case(5, 90, snoozed_until=NOW + timedelta(seconds=1))]
    found = board(rank(cases, {}, NOW), Wanted(), NOW, 10)
    assert [entry.case.number for entry in found.entries] == [1, 2, 4, 3]
    assert [entry.is_breached for entry in found.entries] == [True, True, False, False]
    assert (found.counts["breached"], found.counts["snoozed"]) == (2, 1)
    (late,) = board(rank([open_case(6, 1)], {}, NOW + timedelta(minutes=2)), Wanted(), NOW, 10).entries
    assert late.is_breached


def test_every_page_of_the_board_follows_the_one_before() -> None:
    for count in (0, 1, 5, 6, 7, 12, 13):
        entries = rank([open_case(number, number) for number in range(count)], {}, NOW)
        pages = [board(entries, Wanted(page=page), NOW, 6) for page in range(max(1, -(-count // 6)))]
        assert [entry.case.number for page in pages for entry in page.entries] == [*range(count)]
        assert [page.wanted.page for page in pages] == [*range(len(pages))]
        assert board(entries, Wanted(page=99), NOW, 6).entries == pages[-1].entries


def test_the_board_is_searched_by_words_and_its_pages_by_short_numbers() -> None:
    cases = [open_case(1, 60, region="EMEA", title="Printer jams"), open_case(2, 90, region="EMEA", owner_id="U1")]
    entries = rank(cases, {}, NOW)

    def shown(typed: str) -> list[int]:
        return [entry.case.number for entry in board(entries, read_wanted(typed, "U1"), NOW, 6).entries]

    assert (shown("emea"), shown("EMEA printer"), shown("acme mine"), shown("billing c2")) == (
        [1, 2],
        [1],
        [2],
        [2],
    )
    assert (shown("unassigned"), shown("apac"), shown("")) == ([1], [], [1, 2])
    assert read_wanted("", "U1") == read_wanted("0", "U1") == read_wanted("1", "U1") == Wanted("", (), "U1", 0)
    assert read_wanted("999", "U1").page == 998
    assert read_wanted("²", "U1") == Wanted("", ("²",), "U1", 0)


def test_a_case_is_worked_on_by_its_owner_while_it_is_in_work() -> None:
    assert open_case(1, 60, phase="working", owner="Ann B").worker == "ann b"
    assert open_case(1, 60, phase="working", owner="Ann B", owner_id="U1").worker == "u1"
    assert open_case(1, 60, phase="pending", owner="Ann B").worker == ""


def test_a_case_turns_red_when_the_wait_leaves_less_than_five_minutes() -> None:
    def colours(*due_in_min: int) -> list[str]:
        cases = [open_case(number, due, target_s=0) for number, due in enumerate(due_in_min)]
        return [entry.colour for entry in rank(cases, {"Billing": Capacity(2, 2.0)}, NOW)]

    assert colours(35, 35, 65) == ["green", "green", "green"], "half an hour each, two at a time"
    assert colours(34, 35, 64) == ["red", "green", "red"]
    (elsewhere,) = rank([open_case(1, 34, team="Night", target_s=0)], {"Billing": Capacity(2, 2.0)}, NOW)
    assert (elsewhere.free, elsewhere.on_shift, elsewhere.colour) == (None, None, "green")
    (taken,) = rank([open_case(1, 34, owner="ann", target_s=0)], {"Billing": Capacity(2, 2.0, 3, True)}, NOW)
    assert (taken.free, taken.on_shift, taken.pickup, taken.colour) == (2, 3, timedelta(), "green")


def test_the_board_reads_rows_that_were_committed_late_and_no_row_twice(tmp_path: Path) -> None:
    store, statements = Database(prepared.database(tmp_path)), list[str]()
    open_cases = OpenCases(Cases())

    def titles() -> list[str]:
        with store.reading() as session:
            return [each.title for each in open_cases.all(session)]

    def case(number: int, at: datetime) -> Case:
        moments: dict[str, Any] = dict.fromkeys(("opened_at", "started_at", "updated_at"), NOW)
        name = f"C{number}"
        return Case(source="crm", external_id=name, name=name, title=f"{number}", touched_at=at, **moments)

    assert titles() == []
    with store.transaction() as session:
        session.add_all(case(number, NOW + timedelta(seconds=number // 10)) for number in range(30))
    assert len(titles()) == 30

    event.listen(store.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert len(titles()) == 30
    assert not any("title" in statement for statement in statements), "they are counted, not read"
    with store.transaction() as session:
        # It begins before the newest of them and commits after it.
        session.add(case(30, NOW + timedelta(seconds=1)))
        ended = session.exec(select(Case).where(Case.external_id == "C5")).one()
        ended.is_open, ended.touched_at = False, NOW + timedelta(seconds=3)
        session.add(ended)
    assert sorted(titles(), key=int) == [str(number) for number in range(31) if number != 5]
    assert any("title" in statement for statement in statements)
    store.close()


def test_an_escalation_skips_levels_without_people() -> None:
    later = NOW + timedelta(minutes=10)
    level = next_level(0, [[], ["U2", "U2"], ["U3"]], later)
    assert level
    assert (level.level, level.people, level.due_at) == (1, ("U2",), later)
    last = next_level(2, [[], ["U2"], ["U3"]], later)
    assert last
    assert (last.people, last.due_at) == (("U3",), None)
    assert next_level(0, [[], [], []], later) is None


def test_an_idle_case_is_escalated_within_its_contract_and_by_hand_at_once() -> None:
    weekdays = Schedule("Asia/Manila", dict.fromkeys(range(5), ((8 * 60, 18 * 60),)))
    friday_evening = datetime(2026, 11, 20, 17, 55, tzinfo=ZoneInfo("Asia/Manila"))
    allowed = timedelta(minutes=10)

    assert level_due(UNASSIGNED, weekdays, friday_evening, allowed) == datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
    assert level_due(UNASSIGNED, Schedule(), friday_evening, allowed) == friday_evening + allowed
    assert level_due(BY_HAND, weekdays, friday_evening, allowed) == friday_evening + allowed


def team(name: str, actionable: int, unassigned: int, available: int, region: str = "EMEA") -> TeamLoad:
    return TeamLoad(name, region, "billing", actionable, unassigned, available, ended_a_day=4.0)


def test_a_move_evens_out_the_load_with_unassigned_cases() -> None:
    teams = [team("Madrid", 20, 4, 2), team("Manila", 2, 0, 4, "APAC")]
    move = suggestion(teams, {})
    assert move
    assert (move.count, move.source, move.target, move.load_after) == (4, "Madrid", "Manila", 1.5)
    assert suggestion(teams, {("EMEA", "APAC"): timedelta()}) is None, "they never work at once"
    assert suggestion([team("Madrid", 4, 4, 2), team("Manila", 3, 0, 2)], {}) is None
    assert suggestion([team("Madrid", 4, 4, 0), team("Manila", 3, 0, 0)], {}) is None
    assert teams[0].backlog_days == 5.0
    assert balance_index(teams) == pytest.approx(10 / 5.25)


def test_the_largest_move_is_suggested_to_the_least_loaded_team_of_the_same_skill() -> None:
    other_skill = TeamLoad("Chat", "EMEA", "chat", 0, 0, 9, 1.0)
    full, source = team("Cebu", 12, 0, 2), team("Madrid", 20, 9, 2)
    teams = [source, team("Lima", 2, 0, 2), team("Manila", 1, 0, 2), other_skill, full]
    move = suggestion(teams, {})
    assert move
    assert (move.count, move.target, move.target_load, move.source_load) == (9, "Manila", 0.5, 10)
    assert suggestion([source, other_skill], {}) is None
    no_skill = [TeamLoad(name, "EMEA", "", count, count, 2, 1.0) for name, count in (("A", 20), ("B", 0))]
    assert suggestion(no_skill, {}) is None
    assert suggestion([team("Madrid", 5, 5, 1), team("Lima", 2, 0, 1)], {}) is None, "one case is not worth it"
    pair = suggestion([team("Madrid", 6, 5, 1), team("Lima", 2, 0, 1)], {})
    assert pair
    assert pair.count == 2
    same_target = suggestion([source, team("Lima", 2, 0, 2), team("Manila", 3, 0, 2)], {})
    assert same_target
    assert same_target.count == 9
    assert same_target.target == "Lima"


def test_teams_without_people_or_cases_have_no_load() -> None:
    assert balance_index([team("Madrid", 20, 4, 0), team("Manila", 4, 0, 2), team("Lima", 2, 0, 2)]) == 2 / 1.5
    assert balance_index([team("Madrid", 20, 4, 0)]) is None
    assert balance_index([team("Madrid", 0, 0, 2)]) is None
    assert balance_index([]) is None


def test_shared_hours_of_two_regions_are_counted_in_real_time() -> None:
    manila = Schedule("Asia/Manila", EVERY_DAY)
    london = Schedule("Europe/London", dict.fromkeys(range(7), ((8 * 60, 16 * 60),)))
    assert overlap(manila, london, utc("2026-11-26T00:00")) == timedelta(hours=1)
    assert overlap(manila, london, utc("2026-07-01T00:00")) == timedelta(hours=2)
    assert overlap(Schedule(), Schedule(), NOW) == timedelta(days=1)


def test_an_hour_is_unusual_against_the_same_hour_of_other_days() -> None:
    assert is_unusual_intake(40, [5, 6, 4, 5, 7])
    assert not is_unusual_intake(12, [5, 6, 4, 5, 7]), "surges are over-dispersed"
    assert not is_unusual_intake(40, [5, 6]), "two days say nothing"
    assert is_unusual_intake(7, [0, 0, 0])
    assert not is_unusual_intake(6, [0, 0, 0]), "six are never many"
    assert is_queue_too_long(1, 0, 2.0)
    assert not is_queue_too_long(0, 0, 2.0)
    assert is_queue_too_long(9, 2, 2.0)
    assert not is_queue_too_long(8, 2, 2.0)


def test_hours_are_written_as_people_say_them() -> None:
    assert read_hours("monday-friday 09:00-17:00") == ((0, 1, 2, 3, 4), 540, 1020)
    assert read_hours("saturday 22:00-24:00") == ((5,), 1320, 1440)
    for text in ("9-17", "monday 17:00-09:00", "someday 09:00-10:00"):
        with pytest.raises(ValueError, match="write"):
            ContractHours.model_validate({"hours": [text]})


def test_a_log_of_changes_is_read_as_cases_with_their_history() -> None:
    read = read_cases(sample("real_servicenow_incident_events.csv"), "UTC")
    assert (read.cases, len(read.rows), read.left_out) == (22, 151, [])
    first = read.rows[0]
    assert (first.external_id, first.priority, first.customer) == ("INC0000045", "P3", "Caller 2403")
    assert first.opened_at == utc("2016-02-29T01:16")
    assert first.ended_at is None, "the end that the log knows is not applied while the case is new"
    assert "subcategory" in first.traits
    assert [priority_of(text) for text in ("1 - Critical", "P2", "Low", "?")] == ["P1", "P2", "P4", ""]
    assert [priority_of(text) for text in ("Sev1", "Severity 2", "High (4 h)", "Crítica")] == [
        "P1",
        "P2",
        "P2",
        "P1",
    ]


def test_a_spanish_export_is_read_and_an_unknown_priority_is_named(tmp_path: Path) -> None:
    path = tmp_path / "casos.csv"
    header = "Número;Abierto;Actualizado;Cuenta;Prioridad;Estado;Grupo de asignación;Asignado a;Breve descripción\n"
    path.write_text(
        f"{header}INC1;26/11/2026 09:00;26/11/2026 09:30;Peña;2 - Alta;En espera;Cobros;Ana;No abre\n"
        "INC2;26/11/2026 09:00;;Peña;Bloqueante;Nuevo;Cobros;;No abre\n"
    )
    read = read_cases(path, "Europe/Madrid")
    first, second = read.rows
    assert (first.external_id, first.opened_at, first.customer) == ("INC1", utc("2026-11-26T08:00"), "Peña")
    assert (first.priority, first.team, first.owner, first.title) == ("P2", "Cobros", "Ana", "No abre")
    assert (phase_of(first.state), phase_of(second.state), second.priority) == ("pending", "new", "")
    assert read.unknown_priorities == {"Bloqueante"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no rows under its header"),
        (b"Name,Colour\nAna,red\n", "Number, Opened at, Priority and State"),
        (b"Number,Priority\nINC1,2\n", "Number, Opened at, Priority and State"),
        (b"PK\x03\x04 not a workbook", "neither text nor an xlsx workbook"),
    ],
)
def test_a_file_without_cases_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    with pytest.raises(WatchfloorError) as refused:
        read_cases(path, "UTC")
    assert sentence in refused.value.sentence


def test_a_row_that_is_no_case_is_named_with_its_line_and_reason_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    rows = ("INC1,26/11/2026 09:00,2", "INC2,soon,2", ",26/11/2026 09:00,2", "INC3,31/31/2026,2", "INC4,,2")
    path.write_text("\n".join(("Number,Opened at,Priority", *rows)))
    read = read_cases(path, "UTC")
    assert [row.external_id for row in read.rows] == ["INC1"]
    assert [each.line for each in read.left_out] == [3, 4, 5, 6]
    assert [each.reason for each in read.left_out] == [
        "`soon` is not a date",
        "it has no number, or does not say when it was opened",
        "`31/31/2026` is not a date",
        "it has no number, or does not say when it was opened",
    ]
