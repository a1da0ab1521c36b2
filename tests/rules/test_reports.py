"""Reports: every cell is what the stored rows say, counted again by other code; a week against the four before."""

import json
import random
import sqlite3
import statistics
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlmodel import Session

from bot.config.floor import Reports
from bot.incidents.tables import Incident
from bot.reports import gathering, rules, sending, views, workbook
from bot.timeline import tables as timeline
from bot.updates.tables import Promise
from bot.web.api import rules as api
from tests.rules.playbook_builders import database
from tests.rules.test_update_templates import services

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)  # the week that ended last has Sunday's change of the clocks
REGIONS = {"APAC": ("Manila", "Cebu"), "EMEA": ("Kraków",)}


def made(session: Session, dice: random.Random, declared_at: datetime) -> None:
    """An incident with what happened to it: some drills, some declined, some private, some of it unknown."""
    incident = Incident(
        declared_key=uuid4().hex,
        title="=IVR down",
        severity=dice.choice(("S0", "S1", "S1", "S2")),
        type=dice.choice(("telephony", "crm")),
        status=dice.choice(("resolved", "resolved", "closed", "investigating", "declined", "merged")),
        sites=dice.sample(["Manila", "Cebu", "Kraków"], dice.randint(0, 2)),
        is_drill=dice.random() < 0.1,
        is_private=dice.random() < 0.1,
        declared_by="UANA",
        declared_at=declared_at,
    )
    session.add(incident)
    session.flush()
    number = incident.number

    def happens(kind: str, minutes: float, **facts: object) -> None:
        timeline.append(session, number, kind, declared_at + timedelta(minutes=minutes), "UANA", **facts)

    started = declared_at - timedelta(minutes=dice.randint(5, 60))
    if dice.random() < 0.7:
        happens("milestone", 0, milestone="started", reached_at=started.isoformat(), reason="", how="")
        if dice.random() < 0.7:
            detected = declared_at - timedelta(minutes=dice.randint(0, 4))
            happens("milestone", 0, milestone="detected", reached_at=detected.isoformat(), reason="", how="floor")
    happens("declared", 0)
    if dice.random() < 0.8:
        happens("role_taken", dice.randint(1, 30), role="commander")
    if dice.random() < 0.6:
        happens("status", dice.randint(31, 90), old="investigating", new="mitigated")
    if incident.status in ("resolved", "closed"):
        happens("resolved", dice.randint(91, 500))
    for place in range(dice.randint(0, 4)):
        due_at = declared_at + timedelta(hours=place + 1)
        late = dice.choice((0, 1, 30))
        promise = Promise(
            incident_id=number,
            audience="operations",
            number=place,
            state="sent",
            promised_at=declared_at,
            due_at=due_at,
            sent_at=due_at + timedelta(minutes=late),
        )
        session.add(promise)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("reports")
    known = services(reports=Reports(regions=REGIONS))
    store = database(folder)
    dice = random.Random(7)
    with store.transaction() as session:
        for _ in range(420):
            made(session, dice, NOW - timedelta(minutes=dice.randint(0, 60 * 24 * 150)))
    yield replace(known, database=store), folder / "test.db"
    store.close()


# The other code: plain SQL and the standard library


def counted_again(file: Path, start: datetime, end: datetime, region: str) -> list[dict]:
    """Every incident of a time with its lengths in minutes, straight from the file."""
    rows = sqlite3.connect(file)
    rows.row_factory = sqlite3.Row
    found = []
    for incident in rows.execute("SELECT * FROM incidents ORDER BY id"):
        declared = datetime.fromisoformat(incident["declared_at"]).replace(tzinfo=UTC)
        sites = json.loads(incident["sites"])
        if not start <= declared < end or incident["is_drill"] or incident["status"] in ("declined", "merged"):
            continue
        if region and not set(REGIONS[region]) & set(sites):
            continue
        moments: dict[str, datetime] = {}
        query = "SELECT * FROM timeline_entries WHERE incident_id = ? ORDER BY id"
        for entry in rows.execute(query, (incident["id"],)):
            facts, at = json.loads(entry["facts"]), datetime.fromisoformat(entry["at"]).replace(tzinfo=UTC)
            name = facts.get("milestone") or {"role_taken": "ack", "status": "mitigated"}.get(
                entry["kind"], entry["kind"]
            )
            moments[name] = datetime.fromisoformat(facts["reached_at"]) if "milestone" in facts else at
        begins = moments.get("started", declared)
        pairs = {
            "To detect": (moments.get("started"), moments.get("detected")),
            "To acknowledge": (moments.get("detected", declared), moments.get("ack")),
            "To mitigate": (begins, moments.get("mitigated")),
            "To resolve": (begins, moments.get("resolved")),
        }
        lengths = {name: (b - a).total_seconds() / 60 if a and b else None for name, (a, b) in pairs.items()}
        promises = rows.execute(
            "SELECT sum((julianday(sent_at) - julianday(due_at)) * 1440 < 2.5), count(*) FROM promises "
            "WHERE incident_id = ?",
            (incident["id"],),
        ).fetchone()
        found.append({**incident, "sites": sites, **lengths, "kept": promises[0] or 0, "promised": promises[1]})
    rows.close()
    return found


def nine_of_ten(values: list[float]) -> float:
    ordered = sorted(values)
    return next(value for value in ordered if sum(each <= value for each in ordered) >= 0.9 * len(ordered))


@pytest.mark.parametrize(
    ("typed", "region"), [("week", ""), ("month", ""), ("day", ""), ("week", "APAC"), ("week", "EMEA")]
)
def test_every_cell_is_what_the_rows_say_and_the_week_stands_against_the_four_before(floor, typed, region) -> None:
    services, file = floor
    period = rules.last_period(typed, NOW, ZONE)
    earlier = rules.before(period, ZONE)
    report = gathering.gather(services, period, ZONE, region)
    book = openpyxl.load_workbook(BytesIO(workbook.build(report)))
    cells = {
        (row[0], row[1]): row for row in book["Figures"].iter_rows(min_row=2, max_col=6, values_only=True) if row[1]
    }
    own = counted_again(file, period.start, period.end, region)
    past = counted_again(file, earlier[0].start, earlier[-1].end, region)
    assert len(past) > 3, "there is something to compare with"

    expected: dict = {("Incidents", "All"): (len(own), len(past) / 4, None)}
    for name in ("S0", "S1", "S2", "S3", "S4"):
        of = [sum(each["severity"] == name for each in some) for some in (own, past)]
        expected["Severity", name] = (of[0], of[1] / 4, None)
    for key, title in (("telephony", "Telephony or IVR"), ("crm", "CRM or desktop tool")):
        of = [sum(each["type"] == key for each in some) for some in (own, past)]
        if any(of):
            expected["Type", title] = (of[0], of[1] / 4, None)
    for site in ("Manila", "Cebu", "Kraków"):
        of = [sum(site in each["sites"] for each in some) for some in (own, past)]
        if any(of):
            expected["Site", site] = (of[0], of[1] / 4, None)
    for name in ("To detect", "To acknowledge", "To mitigate", "To resolve"):
        known = [[each[name] for each in some if each[name] is not None] for some in (own, past)]
        for figure, reckon in (("median", statistics.median), ("90th percentile", nine_of_ten)):
            values = [reckon(some) if some else None for some in known]
            expected["Time", f"{name}, {figure}"] = (*values, len(known[0]))
    kept = [(sum(each["kept"] for each in some), sum(each["promised"] for each in some)) for some in (own, past)]
    shares = [100 * part / whole if whole else None for part, whole in kept]
    expected["Floor", "Updates kept"] = (*shares, kept[0][1])

    for key, (now, before, n) in expected.items():
        _, _, shown, shown_before, _, shown_n = cells.pop(key)
        assert shown == pytest.approx(now, abs=0.006), key
        assert shown_before == pytest.approx(before, abs=0.006), key
        assert shown_n == n, key
    assert {group for group, _ in cells} <= {"Floor"}, "nothing is shown that was not counted again"

    listed = list(book["Incidents"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in listed] == [each["id"] for each in own]
    for row, each in zip(listed, own, strict=True):
        assert row[1] == ("private" if each["is_private"] else "=IVR down")
        for cell, name in zip(row[6:10], ("To detect", "To acknowledge", "To mitigate", "To resolve"), strict=True):
            assert cell == pytest.approx(each[name], abs=0.006)
        assert row[10:12] == (each["kept"], each["promised"])
    defined = {row[0] for row in book["Definitions"].iter_rows(min_row=2, values_only=True)}
    assert {"n", "Median", "90th percentile", "To mitigate", "Before"} <= defined
    assert len(book["Figures"]._charts) >= 2, "native charts"
    assert [count for _, count in report.trend][-1] == len(own)


def test_the_api_counts_the_same_and_leaves_out_what_is_private(floor) -> None:
    services, file = floor
    period = rules.last_period("month", NOW, ZONE)
    with services.database.reading() as session:
        found = gathering.counted(session, services, period.start, period.end, "APAC", only_public=True)
    report = api.report(found, services.floor.types)
    own = [each for each in counted_again(file, period.start, period.end, "APAC") if not each["is_private"]]
    assert 0 < len(own) < len(counted_again(file, period.start, period.end, "APAC"))
    assert (report["count"], sum(report["by_severity"].values())) == (len(own), len(own))
    assert report["by_type"] == {name: sum(each["type"] == name for each in own) for name in ("crm", "telephony")}
    for name in ("detect", "acknowledge", "mitigate", "resolve"):
        known = [each[f"To {name}"] for each in own if each[f"To {name}"] is not None]
        minutes = report[f"minutes_to_{name}"]
        assert minutes["n"] == len(known)
        assert minutes["median"] == pytest.approx(statistics.median(known), abs=0.051)
        assert minutes["p90"] == pytest.approx(nine_of_ten(known), abs=0.051)
    assert report["updates_kept"] == sum(each["kept"] for each in own)
    assert report["updates_promised"] == sum(each["promised"] for each in own)


def test_a_week_begins_at_the_midnight_of_its_zone_and_has_the_hour_that_came_twice() -> None:
    week = rules.last_period("week", NOW, ZONE)
    assert (week.start, week.end) == (datetime(2026, 10, 18, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert week.end - week.start == timedelta(days=7, hours=1)
    assert [each.end for each in rules.before(week, ZONE)][-1] == week.start
    months = rules.before(rules.last_period("month", NOW, ZONE), ZONE)
    assert [f"{each.start.astimezone(ZONE):%b}" for each in months] == ["May", "Jun", "Jul", "Aug"]


def test_n_median_and_the_ninetieth_percentile() -> None:
    assert rules.spread([]) == rules.Spread(0, None, None)
    assert rules.spread([None, 3]) == rules.Spread(1, 3, 3)
    assert rules.spread([4, 1, 3, 2]) == rules.Spread(4, 2.5, 4)
    assert rules.spread(range(1, 11)) == rules.Spread(10, 5.5, 9)
    assert rules.spread(range(1, 12)) == rules.Spread(11, 6, 10)


def test_what_is_asked_for_is_read_and_what_is_not_a_period_is_refused(floor) -> None:
    services, _ = floor
    assert sending.read_request(services, "week apac", NOW).region == "APAC"
    assert sending.read_request(services, "", NOW).period.kind == "week"
    days = sending.read_request(services, "90 days", NOW).period
    assert days.end - days.start == timedelta(days=90)
    for typed, refusal in (("fortnight", rules.UnknownPeriod), ("week LATAM", rules.UnknownRegion)):
        with pytest.raises(refusal):
            sending.read_request(services, typed, NOW)


def test_the_message_says_the_figures_in_a_few_lines_and_the_picture_is_drawn(floor) -> None:
    services, _ = floor
    report = gathering.gather(services, rules.last_period("week", NOW, ZONE), ZONE, "")
    text = views.summary(report)
    assert text.startswith("📊 *Report 19 Oct – 25 Oct 2026*")
    assert "To mitigate, median:" in text
    assert "(n = " in text
    assert sending.picture(report).startswith(b"\x89PNG")
