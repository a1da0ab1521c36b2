"""Rosters and reports: uncovered minutes of 200 people over 60 days in three zones, and a report of 90 days."""

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlmodel import Session

from bench.figures import Figure
from bot.bootstrap import build_registry
from bot.config.floor import Reports
from bot.impact.importing import Source, import_rows
from bot.impact.reading.rows import QueueName, ReadRow
from bot.impact.rules.figures import NAMES, Figures
from bot.incidents.tables import Incident
from bot.reports import gathering, periods, sending, workbook
from bot.runtime import migrations
from bot.runtime.database import Database
from bot.services import Services
from bot.shifts import availability
from bot.shifts.reading.calendar_file import read_calendar
from bot.shifts.reading.rows import Defaults, ReadShift
from bot.shifts.rules import Needed, problems, to_minute
from bot.shifts.tables import Shift
from bot.timeline import timeline
from tests.rules.test_update_templates import services

PEOPLE, DAYS, RUNS = 200, 60, 5
ZONES = ("Europe/London", "America/New_York", "Australia/Sydney")
SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
REPORTED_DAYS, INCIDENTS_A_DAY, SITES, QUEUES = 90, 20, 50, 50
ENTRY = (
    "BEGIN:VEVENT\r\nUID:{number}@example\r\nSUMMARY:GQM R{region} p{number}@example.com\r\n"
    "DTSTART;TZID={zone}:{day:%Y%m%d}T{hour:02}0000\r\nDTEND;TZID={zone}:{day:%Y%m%d}T{end:02}3000\r\n"
    "RRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
)


def measure(folder: Path) -> list[Figure]:
    """Measure rosters across both clock changes, then the report."""
    build_registry()  # imports the tables of every noun
    found = [_roster(folder / name, first) for name, first in (("spring", SPRING), ("autumn", AUTUMN))]
    reading, finding = zip(*found, strict=True)
    return [
        Figure(
            f"a roster of {PEOPLE} people × {DAYS} days read from its calendar", [one[0] for one in reading], "s"
        ),
        Figure(
            f"every uncovered minute of {PEOPLE} people × {DAYS} days in three zones, from the database",
            [run for runs in finding for run in runs],
            "s",
            1,
        ),
        *_reports(folder / "report"),
    ]


def _database(folder: Path) -> Database:
    folder.mkdir(parents=True)
    store = Database(f"sqlite:///{folder}/bench.sqlite")
    migrations.upgrade(store.engine)
    return store


def _roster(folder: Path, first: datetime) -> tuple[list[float], list[float]]:
    store, end = _database(folder), first + timedelta(days=DAYS)
    entries = [
        ENTRY.format(number=n, region=n % 3, zone=ZONES[n % 3], day=first, hour=hour, end=hour + 7)
        for n in range(PEOPLE)
        for hour in ((n * 5) % 16,)
    ]
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(entries)}END:VCALENDAR\r\n".encode()
    began = time.perf_counter()
    read = list(read_calendar("bench", content, Defaults("UTC", roles={"gqm": "GQM"}), first, end))
    reading = [time.perf_counter() - began]
    with store.transaction() as session:
        session.add_all(_row(each) for each in read if isinstance(each, ReadShift))
    needs = [Needed("gqm", f"R{n}", zone=zone, people=20) for n, zone in enumerate(ZONES)] + [Needed("gqm")]
    runs = []
    for _ in range(RUNS):
        began = time.perf_counter()
        with store.reading() as session:
            duties = availability.available_duties(session, first, end)
        assert problems(duties, needs, to_minute(first), to_minute(end)), "something is uncovered"
        runs.append(time.perf_counter() - began)
    store.close()
    return reading, runs


def _row(read: ReadShift) -> Shift:
    facts = {name: getattr(read, name) for name in ("external_id", "person", "role", "region", "zone")}
    return Shift(source="bench", starts_at=read.starts_at, ends_at=read.ends_at, changed_at=read.starts_at, **facts)


def _reports(folder: Path) -> list[Figure]:
    """Measure whole reports: gathering figures, building workbook and picture. A week is compared with four."""
    store, dice = _database(folder), random.Random(1)
    now = AUTUMN + timedelta(hours=9)
    known = replace(services(reports=Reports()), database=store)
    with store.transaction() as session:
        for _ in range(REPORTED_DAYS * 5 * INCIDENTS_A_DAY):
            _incident(session, dice, now - timedelta(minutes=dice.randint(0, REPORTED_DAYS * 5 * 1440)))
    _intervals(store, dice, now)
    found = []
    for days in (REPORTED_DAYS, 7):
        period = periods.last_days(days, now, ZoneInfo("UTC"))
        name = f"a report of {days} days × {QUEUES} queues, {INCIDENTS_A_DAY} incidents a day, as it is sent"
        found.append(Figure(name, [_report_s(known, period) for _ in range(3)], "s", 10))
    store.close()
    return found


def _report_s(known: Services, period: periods.Period) -> float:
    began = time.perf_counter()
    report = gathering.gather(known, period, ZoneInfo("UTC"), "")
    workbook.build(report)
    sending.picture(report)
    assert len(report.queues) == QUEUES
    return time.perf_counter() - began


def _intervals(store: Database, dice: random.Random, now: datetime) -> None:
    """Import half-hours of every queue for the reported days, round the clock."""
    first, count = int((now - timedelta(days=REPORTED_DAYS)).timestamp()) // 1800 * 1800, REPORTED_DAYS * 48
    rows = (
        ReadRow(1, QueueName(f"Queue {queue}", f"Site {queue % SITES}"), first + 1800 * place, 1800, _figures(dice))
        for queue in range(QUEUES)
        for place in range(count)
    )
    import_rows(store, Source("bench", "bench.csv"), rows)


def _figures(dice: random.Random) -> tuple[float | None, ...]:
    offered = dice.randint(20, 90)
    known = Figures(
        offered=offered, answered=offered - 3, answered_in=offered - 9, abandoned=3, aht_s=300, asa_s=15
    )
    return tuple(getattr(known, name) for name in NAMES)


def _incident(session: Session, dice: random.Random, at: datetime) -> None:
    incident = Incident(
        declared_key=uuid4().hex,
        title="Phones",
        severity=dice.choice(("S1", "S2", "S3")),
        status="resolved",
        sites=[f"Site {dice.randint(1, SITES)}"],
        declared_by="UANA",
        declared_at=at,
    )
    session.add(incident)
    session.flush()
    for kind, minutes in (("declared", 0), ("role_taken", 5), ("resolved", 90)):
        timeline.append(session, incident.number, kind, at + timedelta(minutes=minutes), "UANA")
