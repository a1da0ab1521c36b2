"""Shifts: uncovered time to the minute, over both changes of the clocks; good and bad rosters as they come."""

import random
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from bot import directory
from bot.commands.doctor import rosters as doctor
from bot.config import floor as floor_settings
from bot.config.floor import Roster, Shifts
from bot.config.settings import Settings
from bot.directory.rules import PersonFacts
from bot.errors import WatchfloorError
from bot.outbox.tables import OutboxRow
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.runtime.network import Network
from bot.shifts import oncall, rosters, tables
from bot.shifts.availability import without_absences
from bot.shifts.reading.calendar_file import read_calendar
from bot.shifts.reading.rows import Defaults, LeftOut, ReadShift, RosterUnreadable
from bot.shifts.reading.table_file import read_table
from bot.shifts.reading.wording import reason_in
from bot.shifts.rules import Duty, Finding, Needed, Problem, problems, to_minute, to_moment
from bot.sources.port import Page, Shift, Source, streams_of
from tests import prepared
from tests.rules.test_update_templates import services
from tests.sources.stand_in import StandIn, running

ROSTER = Path(__file__).parent / "rosters" / "made_roster.ics"
ROLES = {"gqm": "Global queue manager", "ic": "Incident commander"}
DEFAULTS = Defaults("Europe/London", roles=ROLES)
ZONES = ("Europe/London", "America/New_York", "Australia/Sydney")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(content: str | bytes, start: str = "2026-10-25", end: str = "2026-12-01") -> list[ReadShift | LeftOut]:
    raw = content.encode() if isinstance(content, str) else content
    return list(read_calendar("EMEA", raw, DEFAULTS, utc(start), utc(end)))


def duties_of(shifts: list[ReadShift | LeftOut]) -> list[Duty]:
    return [
        Duty(to_minute(each.starts_at), to_minute(each.ends_at), each.person, each.role, each.region, each.site)
        for each in shifts
        if isinstance(each, ReadShift)
    ]


def gaps(found: list[Finding]) -> list[tuple[datetime, datetime]]:
    return [(to_moment(each.start), to_moment(each.end)) for each in found if each.problem is Problem.GAP]


# The sample with its answers


def test_an_all_day_entry_covers_nothing_and_an_exception_of_a_series_counts() -> None:
    shifts = read(ROSTER.read_bytes())
    assert gaps(
        problems(duties_of(shifts), [Needed("gqm")], to_minute(utc("2026-11-26")), to_minute(utc("2026-11-28")))
    ) == [
        (utc("2026-11-26T00:00"), utc("2026-11-26T09:00")),  # London's shift of that day begins at 9, and is Ben's
        (
            utc("2026-11-27T00:00"),
            utc("2026-11-27T16:00"),
        ),  # that shift is left out on the 27th; both APAC days are all-day entries
    ]
    left_out = [each for each in shifts if isinstance(each, LeftOut)]
    assert [each.where for each in left_out] == [
        "GQM APAC dai@example.com, 26 November 2026",
        "GQM APAC eko@example.com, 27 November 2026",
    ]
    assert all(
        each.reason == "is an all-day entry and covers no time; give it a start and an end" for each in left_out
    )


def test_occurrences_exported_without_their_series_are_shifts_of_their_own() -> None:
    event = "\n".join(
        (
            "BEGIN:VEVENT",
            "UID:abc",
            "RECURRENCE-ID:202611{day}T080000Z",
            "DTSTART:202611{day}T090000Z",
            "DTEND:202611{day}T170000Z",
            "SUMMARY:GQM EMEA @ana",
            "END:VEVENT",
        )
    )
    events = [event.format(day=day) for day in (28, 29)]

    shifts = [
        each
        for each in read("\n".join(("BEGIN:VCALENDAR", *events, "END:VCALENDAR")))
        if isinstance(each, ReadShift)
    ]
    both = sorted(shifts, key=lambda each: each.starts_at)

    assert [each.starts_at for each in both] == [utc("2026-11-28 09:00"), utc("2026-11-29 09:00")]
    assert [each.external_id for each in both] == ["abc 20261128T0800", "abc 20261129T0800"]


def test_a_night_over_the_change_of_the_clocks_has_its_true_length() -> None:
    (night,) = [each for each in read(ROSTER.read_bytes()) if isinstance(each, ReadShift) and each.role == "ic"]
    assert (night.starts_at, night.ends_at) == (utc("2026-11-01T02:00"), utc("2026-11-01T11:00"))
    assert night.ends_at - night.starts_at == timedelta(hours=9)
    assert (night.region, night.person, night.zone) == ("night", "fay@example.com", "America/New_York")


def test_no_roster_at_all_is_one_gap() -> None:
    start, end = to_minute(utc("2026-11-26")), to_minute(utc("2026-11-28"))
    assert gaps(problems([], [Needed("gqm")], start, end)) == [(to_moment(start), to_moment(end))]


# Every minute, computed independently


def wrong_minutes(duties: list[Duty], need: Needed, start: int, end: int) -> dict[int, Problem]:
    """Check minute by minute, by the wall clock, whether enough people are on."""
    zone, wrong = ZoneInfo(need.zone), {}
    opens, closes = need.hours
    for minute in range(start, end):
        local = datetime.fromtimestamp(minute * 60, zone)
        weekday, now = local.weekday(), local.time().replace(second=0)
        if opens < closes:
            is_needed = weekday in need.weekdays and opens <= now < closes
        else:
            is_needed = (weekday in need.weekdays and now >= opens) or (
                (weekday + 6) % 7 in need.weekdays and now < closes
            )
        on = {
            duty.person
            for duty in duties
            if duty.start <= minute < duty.end
            and duty.is_known
            and duty.role.lower() == need.role.lower()
            and need.region.lower() in ("", duty.region.lower())
            and need.site.lower() in ("", duty.site.lower())
        }
        if is_needed and len(on) < need.people:
            wrong[minute] = Problem.SHORT if on else Problem.GAP
    return wrong


def made_roster(dice: random.Random, people: int, first: datetime, days: int) -> list[Duty]:
    """Return shifts by the clock of three zones, some missing, some short, some duplicated."""
    duties = []
    for number in range(people):
        zone = ZoneInfo(ZONES[number % 3])
        for day in range(-1, days + 1):
            if dice.random() < 0.3:
                continue
            local = (first + timedelta(days=day)).replace(tzinfo=zone)
            start = local.replace(hour=dice.choice((0, 1, 6, 8, 14, 22)), minute=dice.choice((0, 0, 30)))
            length = timedelta(minutes=dice.choice((60, 240, 480, 510, 540)))
            end = (start.replace(tzinfo=None) + length).replace(tzinfo=zone)
            role, site = (
                dice.choice(("gqm", "gqm", "GQM", "ic")),
                dice.choice(("Manila", "Manila", "manila", "Cebu")),
            )
            place = dice.choice((f"R{number % 3}", f"r{number % 3}")), site
            is_known = dice.random() < 0.9
            duties.append(Duty(to_minute(start), to_minute(end), f"P{number}", role, *place, is_known))
    return duties


@pytest.mark.parametrize("first", ["2026-03-27", "2026-04-03", "2026-10-02", "2026-10-24", "2026-10-31"])
def test_every_uncovered_minute_is_found_and_none_is_invented(first: str) -> None:
    dice = random.Random(first)
    day, days = datetime.fromisoformat(first), 4
    duties = made_roster(dice, 9, day, days)
    start, end = to_minute(utc(first)), to_minute(utc(first) + timedelta(days=days))
    nights = (time(22), time(1, 30)), (time(1), time(2, 30)), (time(0), time(0)), (time(8), time(17))
    for zone, region in zip((*ZONES, "Australia/Lord_Howe"), ("R0", "R1", "R2", ""), strict=True):
        for hours in nights:
            role, site = dice.choice(("gqm", "Gqm")), dice.choice(("", "", "Manila", "MANILA"))
            need = Needed(role, region, site, hours, frozenset({0, 4, 5, 6}), zone, dice.choice((1, 2)))
            problems_found = [
                each for each in problems(duties, [need], start, end) if each.problem is not Problem.OVERLAP
            ]
            minutes = {minute: each.problem for each in problems_found for minute in range(each.start, each.end)}
            assert minutes == wrong_minutes(duties, need, start, end)
            assert sum(each.end - each.start for each in problems_found) == len(minutes), (
                "no minute is reported twice"
            )
            assert all(
                before.end < after.start or before.people != after.people
                for before, after in pairwise(problems_found)
            ), "one time in which the same people are on is reported in one piece"


def test_one_person_on_two_shifts_at_once_is_an_overlap_and_two_people_are_not() -> None:
    twice = [
        Duty(0, 60, "ana", "gqm"),
        Duty(50, 120, "ana", "ic"),
        Duty(0, 120, "ben", "gqm"),
        Duty(55, 58, "ana", "x"),
    ]
    problems_found = problems(twice, [], 0, 200)
    assert [(each.start, each.end, each.people) for each in problems_found] == [
        (50, 60, ("ana",)),
        (55, 58, ("ana",)),
    ]


def test_an_absence_is_taken_out_of_a_shift() -> None:
    rest = without_absences(Duty(0, 100, "ana", "gqm"), [(10, 20), (90, 200), (300, 400)])
    assert [(each.start, each.end) for each in rest] == [(0, 10), (20, 90)]


# Bad rosters, each with its sentence

EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
NINE = "DTSTART:20261126T090000Z\r\nDTEND:20261126T170000Z"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (f"SUMMARY:Lunch ana@example.com\r\n{NINE}", "names no role of floor.yaml (`shifts: roles`: gqm, ic)"),
        (f"SUMMARY:GQM EMEA\r\n{NINE}", "names nobody; write the person's e-mail address or @handle at the end"),
        (
            "SUMMARY:GQM ana@example.com\r\nDTSTART:20261126T170000Z\r\nDTEND:20261126T090000Z",
            "ends before it begins; an end after midnight needs the next day's date",
        ),
        (
            "SUMMARY:GQM ana@example.com\r\nDTSTART:20261126T090000Z\r\nDTEND:20261129T090000Z",
            "lasts 72 hours; no shift is that long, so write one for each day",
        ),
        ("SUMMARY:GQM ana@example.com\r\nDTSTART:tomorrow", "has a DTSTART that cannot be read"),
        ("SUMMARY:GQM ana@example.com", "has no start"),
        (f"SUMMARY:GQM ana@example.com\r\n{NINE}\r\nRRULE:FREQ=SECONDLY", "repeats secondly; no shift does"),
        (f"SUMMARY:GQM ana@example.com\r\n{NINE}\r\nRRULE:FREQ=SOMETIMES", "has a RRULE that cannot be read"),
    ],
)
def test_an_entry_that_is_no_shift_is_reported_with_a_reason(lines: str, reason: str) -> None:
    assert [each.reason for each in read(EVENT.format(lines)) if isinstance(each, LeftOut)] == [reason]
    assert reason_in(reason, "es") != reason


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"<html></html>"]
)
def test_content_that_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(WatchfloorError) as refused:
        read(content)
    assert "it is not an iCalendar file, which begins with `BEGIN:VCALENDAR`. Nothing of it was changed" in str(
        refused.value
    )


def test_one_bad_entry_leaves_the_others() -> None:
    both = ROSTER.read_text().replace(
        "BEGIN:VEVENT", "BEGIN:VEVENT\nUID:b\nSUMMARY:GQM x@example.com\nEND:VEVENT\nBEGIN:VEVENT", 1
    )
    read_again = read(both)
    assert any(isinstance(each, LeftOut) and each.reason == "has no start" for each in read_again)
    assert len(duties_of(read_again)) == len(duties_of(read(ROSTER.read_bytes())))


def spreadsheet(tmp_path: Path, text: str) -> list[ReadShift | LeftOut]:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    return list(read_table("EMEA", path, DEFAULTS, utc("2026-10-01"), utc("2026-12-31")))


def test_a_spreadsheet_is_read_with_its_zone_nights_and_days(tmp_path: Path) -> None:
    rows = spreadsheet(
        tmp_path,
        "Roster of the week;;;;;\nName;Role;Region;Date;Start;End;Time zone\n"
        "ana@example.com;GQM;EMEA;26/11/2026;08:00;16:00;\n"
        "Ben Okafor;Global queue manager;AMER;31/10/2026;22:00;06:00;America/New_York\n",
    )
    assert [(each.person, each.role, each.region) for each in rows if isinstance(each, ReadShift)] == [
        ("ana@example.com", "gqm", "EMEA"),
        ("Ben Okafor", "gqm", "AMER"),
    ]
    assert rows[1].starts_at == utc("2026-11-01T02:00")
    assert rows[1].ends_at == utc("2026-11-01T11:00")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ana@example.com,Lunch,26/11/2026,08:00,16:00", "names no role"),
        (",GQM,26/11/2026,08:00,16:00", "names nobody"),
        ("ana@example.com,GQM,26/11/2026,,", "is a whole day; give it a start and an end"),
        ("ana@example.com,GQM,26/11/2026,08:00,", "has no end"),
        ("ana@example.com,GQM,31/31/2026,08:00,16:00", "`31/31/2026` is not a date"),
        ("ana@example.com,GQM,26/11/2026,25:00,16:00", "`25:00` is not a time of day"),
        ("ana@example.com,GQM,25/10/2026,08:00,soon", "`soon` is not a time of day"),
    ],
)
def test_a_row_that_is_no_shift_is_reported_with_its_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    (left_out,) = spreadsheet(tmp_path, f"Person,Role,Date,Start,End\n{row}\n")
    assert isinstance(left_out, LeftOut)
    assert left_out.where == "line 2"
    assert reason in left_out.reason


def test_a_spreadsheet_without_a_person_or_a_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WatchfloorError, match="names columns that I know, such as"):
        spreadsheet(tmp_path, "Queue,Offered\nBilling,3\n")


# Times as people type them

NOW = utc("2026-11-26T15:00")  # a Thursday, 23:00 in Manila


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("23:30", "2026-11-26T15:30"),
        ("08:00", "2026-11-27T00:00"),
        ("tomorrow 08:00", "2026-11-27T00:00"),
        ("friday 22:00", "2026-11-27T14:00"),
        ("2026-12-01 08:00", "2026-12-01T00:00"),
        ("8", "2026-11-27T00:00"),
        ("10:30 pm", "2026-11-26T14:30"),
    ],
)
def test_a_time_is_read_by_the_clock_of_the_person(typed: str, moment: str) -> None:
    assert oncall.read_at(typed, ZoneInfo("Asia/Manila"), NOW) == utc(moment)


def test_a_time_that_nobody_can_read_is_refused() -> None:
    with pytest.raises(oncall.NotATime):
        oncall.read_at("whenever", ZoneInfo("Asia/Manila"), NOW)


# Rosters from addresses

FOUND = {"Location": "https://calendar.example.com/other.ics"}


class Calendar(StandIn):
    async def handle(self, request: Request, fault: str) -> Response:
        if fault == "moved":
            return Response(status_code=302, headers=FOUND)
        return Response(
            ROSTER.read_bytes() if fault != "404" else b"",
            404 if fault == "404" else 200,
            media_type="text/calendar",
        )


def test_a_roster_is_fetched_by_the_checked_outgoing_client(tmp_path: Path) -> None:
    with running(Calendar()) as calendar:
        address, network = f"{calendar.url}/emea.ics?key=secret", Network()
        secure = Roster(name="EMEA", address=address.replace("http:", "https:"))
        with pytest.raises(RosterUnreadable, match="may not be called: it is not a public address"):
            rosters.content_of(secure, tmp_path, network)
        elsewhere = Roster(name="EMEA", address=address, insecure=True, allow_networks=("10.0.0.0/8",))
        with pytest.raises(RosterUnreadable, match="may not be called"):
            rosters.content_of(elsewhere, tmp_path, network)
        assert not calendar.requests
        roster = Roster(name="EMEA", address=address, insecure=True, allow_networks=("127.0.0.0/8",))
        assert rosters.content_of(roster, tmp_path, network) == ROSTER.read_bytes()
        calendar.faults.extend(["moved", "404", "answer lost", "404"])
        for reason in (
            "it leads to calendar.example.com",
            "its address answers 404",
            "its address does not answer",
        ):
            with pytest.raises(RosterUnreadable, match=reason) as refused:
                rosters.content_of(roster, tmp_path, network)
            assert "secret" not in refused.value.sentence
            assert reason not in refused.value.sentence_in("es")
        assert len(calendar.requests) == 4
        file = tmp_path / "floor.yaml"
        settings_text = (
            f"rosters: [{{name: EMEA, address: {address!r}, insecure: true, allow_networks: [127.0.0.0/8]}}]"
        )
        shipped = Path("floor.yaml").read_text()
        file.write_text(f"{shipped}\nshifts:\n  roles: {{gqm: Manager, ic: Commander}}\n  {settings_text}\n")
        settings = Settings(floor_file=file)
        floor = floor_settings.read(file)
        insecure, private, unread = map(str, doctor.check(settings, floor, network))
        assert insecure.startswith("· The roster EMEA is `insecure: true`.")
        assert private == "· The roster EMEA may be in 127.0.0.0/8: `allow_networks` says so."
        assert unread.startswith("✗ The roster EMEA could not be read: its address answers 404.")
        (tmp_path / "odd.csv").write_text("foo,bar\n1,2\n")
        file.write_text(file.read_text().replace("rosters: [", "rosters: [{name: APAC, file: odd.csv}, "))
        without_header = str(next(doctor.check(settings, floor_settings.read(file), network)))
        assert without_header.startswith("✗ The roster APAC cannot be used. No line of odd.csv names columns")
        assert str(list(doctor.check(settings, floor, network))[2]).startswith("✓ The roster EMEA can be read: ")
    with pytest.raises(ValueError, match="is not safe; it must begin with `https://`"):
        Roster(name="EMEA", address=address)
    (tmp_path / "emea.ics").write_bytes(bytes(rosters.LARGEST_BYTES + 1))
    with pytest.raises(RosterUnreadable, match="it has more than"):
        rosters.content_of(Roster(name="EMEA", file="emea.ics"), tmp_path, network)


def test_a_roster_that_is_changed_and_changed_back_is_told_each_time(tmp_path: Path) -> None:
    services_of_floor = services(shifts=Shifts(roles=ROLES))
    database = Database(prepared.database(tmp_path))
    begins_at = utcnow().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    planned = Shift("1", "U0BEN", "GQM", begins_at, begins_at + timedelta(hours=8), "EMEA")
    moved = replace(planned, starts_at=begins_at + timedelta(hours=1))

    for version in (planned, moved, planned, moved):
        with database.transaction() as session:
            rosters.take_shifts(session, services_of_floor, "wfm", "key", [version])

    with database.reading() as session:
        messages = session.exec(select(OutboxRow).where(OutboxRow.channel_id == "U0BEN")).all()
    assert len(messages) == 3, "nobody is told of the first reading, when every shift is new"
    database.close()


def test_a_source_brings_a_roster_and_shifts_missing_from_it_are_removed(tmp_path: Path) -> None:
    services_of_floor = services(shifts=Shifts(roles=ROLES, people={"Fay": "@fay"}))
    database = Database(prepared.database(tmp_path))
    now = utcnow().replace(minute=0, second=0, microsecond=0)

    def shifts_after(key: str, *shifts: Shift) -> list[tuple[str, str, datetime]]:
        with database.transaction() as session:
            rosters.take_shifts(session, services_of_floor, "wfm", key, shifts)
        with database.reading() as session:
            shift_rows = session.exec(select(tables.Shift).order_by(col(tables.Shift.starts_at))).all()
            state = session.get(tables.RosterState, "wfm")
        assert state is not None
        left_out.append([reason for _, reason in state.left_out])
        return [(shift.person, shift.role, shift.starts_at) for shift in shift_rows if shift.ends_at > now]

    def user_ids() -> list[str | None]:
        with database.reading() as session:
            shift_rows = session.exec(select(tables.Shift).order_by(col(tables.Shift.starts_at))).all()
        return [shift.user_id for shift in shift_rows if shift.ends_at > now]

    left_out: list[list[str]] = []
    day = timedelta(days=1)
    first = Shift("1", "Ana@example.com", "GQM", now + day, now + day + timedelta(hours=8), "EMEA")
    second = Shift("2", "Fay", "global queue manager", now + 2 * day, now + 2 * day + timedelta(hours=8))
    cook = Shift("3", "Ben", "cook", now + day, now + day + timedelta(hours=8))
    endless = Shift("4", "Ben", "ic", now + day, now + 9 * day)
    assert shifts_after("a", first, second, cook, endless) == [
        ("ana@example.com", "gqm", now + day),
        ("Fay", "gqm", now + 2 * day),
    ]
    assert [reason.split(" ")[0] for reason in left_out[-1]] == ["names", "lasts"]
    moved = replace(first, starts_at=first.starts_at + timedelta(hours=1))
    assert shifts_after("b", moved) == [("ana@example.com", "gqm", now + day + timedelta(hours=1))]
    assert "shifts" in streams_of(cast(Source, WorkforceManagement()))

    # A name that was given to the wrong person is corrected in floor.yaml.
    people = [PersonFacts(f"U0{handle.upper()}", handle, handle) for handle in ("faye", "fay", "ana", "ben")]
    with database.transaction() as session:
        directory.save_people(session, people)
    swapped = replace(second, external_id="5", starts_at=now + 3 * day, ends_at=now + 3 * day + timedelta(hours=8))
    services_of_floor = services(shifts=Shifts(roles=ROLES, people={"Fay": "@faye"}))
    shifts_after("c", second, swapped)
    assert user_ids() == ["U0FAYE", "U0FAYE"]
    with database.transaction() as session:
        last = session.exec(select(tables.Shift).where(tables.Shift.external_id == "5")).one()
        last.rostered, last.person, last.user_id = last.person, "U0BEN", "U0BEN"
        session.add(last)
    services_of_floor = services(shifts=Shifts(roles=ROLES, people={"Fay": "@fay"}))
    shifts_after("d", second, swapped)
    assert user_ids() == ["U0FAY", "U0BEN"], "an agreed swap stands"
    with database.reading() as session:
        told = {row.channel_id: row.payload["text"] for row in session.exec(select(OutboxRow)) if row.payload}
    assert "Not yours any more" in told["U0FAYE"]
    assert "New: " in told["U0FAY"]
    assert "U0BEN" not in told
    database.close()


class WorkforceManagement:
    def check(self) -> list[str]:
        return []

    def shifts(self, cursor: str, now: datetime) -> Page[Shift]:
        return Page((), "", now)
