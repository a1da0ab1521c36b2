"""Interval figures: importing a million rows, what-if, the chart from figures to bytes, the expected contacts."""

import csv
import json
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench.figures import Figure, ratios
from bot.bootstrap import build_registry
from bot.config import floor
from bot.impact import charts, gathering, importing
from bot.impact.importing import Source
from bot.impact.reading.header import open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import plan, recognise
from bot.impact.reading.rows import LeftOut, ReadRow
from bot.impact.rules.erlang import Load
from bot.impact.rules.figures import ServiceLevel
from bot.impact.rules.whatif import answer, remedies
from bot.incidents.tables import Incident
from bot.runtime import garbage_collection, migrations
from bot.runtime.database import Database
from tests.contact_year import errors_of_a_year

ROWS, QUEUES = 1_000_000, 50
UTC_ZONE = ZoneInfo("UTC")
START = datetime(2024, 1, 1, tzinfo=UTC)
HEADER = (
    *("Queue", "Site", "Date", "Interval", "Offered", "Answered", "Answered in 20 seconds", "Abandoned"),
    *("AHT", "ASA", "Agents", "Forecast"),
)
RUNS = 5
YEARS = range(7, 14)
OFFERED = ServiceLevel.OF_OFFERED


def measure(folder: Path) -> Sequence[Figure]:
    """Measure all figures about intervals except the time to recover, which has its own part."""
    report = folder / "report.csv"
    write_report(report, ROWS)
    measured = _imported(folder, report)
    plain_s = _plain_s(folder, report)
    return [
        Figure("1,000,000 interval rows imported", [measured["seconds"]], "s", 20),
        Figure("the same rows written by sqlite's executemany", [plain_s], "s"),
        Figure("… imported, as a multiple of that", ratios([measured["seconds"]], [plain_s]), "×"),
        Figure("memory beyond idle while importing", [measured["megabytes"]], "MB", 150),
        Figure("longest transaction while importing", [measured["longest_ms"]], "ms", 100),
        Figure("what-if for 2,000 agents, both models and the remedies", _whatif_ms(), "ms", 50),
        Figure("figures of 50 queues × 96 intervals to the chart's bytes", _chart_ms(folder), "ms", 300),
        *_fallback(),
    ]


def write_report(report: Path, rows: int, start: datetime = START, queues: int = QUEUES) -> None:
    """Write a report of this many intervals, one queue a row."""
    dice, at = random.Random(1), start
    with report.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for place in range(rows):
            if place and place % queues == 0:
                at += timedelta(minutes=30)
            offered = dice.randint(50, 400)
            in_time, aht, asa = offered - dice.randint(5, 45), dice.randint(200, 400), dice.randint(5, 60)
            queue = f"Queue {place % queues}"
            cells = (offered, offered - 5, in_time, 5, f"{aht}.5", asa, dice.randint(20, 60), offered + 3)
            writer.writerow([queue, "Manila", f"{at:%Y-%m-%d}", f"{at:%H:%M}", *cells])


def _imported(folder: Path, report: Path) -> dict[str, float]:
    """Measure the import in a separate process: its use beyond that at its start."""
    code = f"from bench.impact import report_import; report_import({str(folder)!r}, {str(report)!r})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    measured: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return measured


def report_import(folder: str, report: str) -> None:
    """Import the report and print the resources used."""
    build_registry()
    database = _database(Path(folder) / "imported.sqlite")
    lengths = _lengths_of_transactions(database)
    # As the import command does.
    garbage_collection.freeze_live_objects()
    idle_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    result = importing.import_rows(database, Source("bench", "report.csv"), _rows(Path(report)))
    seconds = time.perf_counter() - began
    assert result.rows == ROWS
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle_kb) / 1024
    sys.stdout.write(
        json.dumps({"seconds": seconds, "megabytes": megabytes, "longest_ms": max(lengths) * 1000}) + "\n"
    )


def _lengths_of_transactions(database: Database) -> list[float]:
    """The seconds for which each transaction, its commit included, locks the database; the list grows with each."""
    began, lengths = [0.0], [0.0]

    @sa.event.listens_for(database.engine, "begin")
    def _begin(_: sa.Connection) -> None:
        began[0] = time.perf_counter()

    @sa.event.listens_for(database.engine, "checkin")
    def _end(*_: object) -> None:
        lengths.append(time.perf_counter() - began[0])

    return lengths


def _rows(report: Path) -> Iterator[ReadRow | LeftOut]:
    sheet = open_report(report)
    return read(plan(sheet, recognise(sheet)), UTC_ZONE, lambda queue: 20)


def _database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database.engine)
    return database


def _plain_s(folder: Path, report: Path) -> float:
    """The plain baseline: every cell into one table, in one transaction, without checks."""
    with sqlite3.connect(folder / "plain.sqlite") as connection, report.open(newline="") as file:
        connection.execute(f"CREATE TABLE rows ({', '.join(f'c{place}' for place in range(len(HEADER)))})")
        began = time.perf_counter()
        reader = csv.reader(file)
        next(reader)
        connection.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(HEADER))})", reader)
        connection.commit()
        return time.perf_counter() - began


def _whatif_ms() -> list[float]:
    runs = []
    for place in range(RUNS):
        load = Load(2000 / 360 * 0.98, 360, 2000 - place, 20, 120)
        began = time.perf_counter()
        remedies(answer(load, 0.8, OFFERED), 0.8, OFFERED)
        runs.append((time.perf_counter() - began) * 1000)
    return runs


def _chart_ms(folder: Path) -> list[float]:
    """Two days of 50 queues, compared with the preceding weeks."""
    database = _database(folder / "impact.sqlite")
    report = folder / "impact.csv"
    now = START + timedelta(days=35)
    write_report(report, QUEUES * 48 * 35)
    importing.import_rows(database, Source("bench", "impact.csv"), _rows(report))
    incident = Incident(
        declared_key="bench",
        title="IVR down",
        severity="S1",
        declared_by="U0ANA",
        sites=[],
        partners=[],
        declared_at=now - timedelta(hours=47, minutes=59),
    )
    with database.transaction() as session:
        session.add(incident)
        session.flush()
        number = incident.number
    settings, runs = floor.read(Path("floor.yaml")), []
    with database.reading() as session:
        assert len(gathering.gather(session, settings, incident, now).queues) == QUEUES
    # As the bot does after its start.
    garbage_collection.freeze_live_objects()
    for _ in range(RUNS):
        began = time.perf_counter()
        png = charts.drawn_chart(database, settings, number, now)
        runs.append((time.perf_counter() - began) * 1000)
        assert png.startswith(b"\x89PNG")
    return runs


def _fallback() -> list[Figure]:
    before, within, least = (list(errors) for errors in zip(*map(errors_of_a_year, YEARS), strict=True))
    beyond = [error - noise for error, noise in zip(within, least, strict=True)]
    return [
        Figure("error of the fallback before the day (generated years)", before, "% MAPE"),
        Figure("error of the fallback within the day", within, "% MAPE"),
        Figure("the generator's own noise", least, "% MAPE"),
        Figure("… the fallback's error beyond it", beyond, "points", 0.5),
    ]
