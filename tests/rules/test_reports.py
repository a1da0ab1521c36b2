"""Reports: every cell agrees with the stored rows, counted again by other code; a week against the four before."""

import json
import random
import sqlite3
import statistics
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from msgspec import structs
from msgspec.structs import replace
from sqlmodel import Session, select

from bot.cases import guide_draft_tables
from bot.cases.guide_draft_tables import GuideDraft
from bot.cases.tables import Case
from bot.config.floor import Cases, Reports
from bot.config.floor import Report as SentReport
from bot.config.floor.cases import Region, Team
from bot.followups.tables import FollowUp
from bot.handovers.shift.tables import ShiftHandover
from bot.impact.interval_tables import IntervalFigures
from bot.impact.tables import Import, Queue
from bot.incidents.facts import SensitiveCase
from bot.incidents.tables import Incident
from bot.outbox.tables import OutboxRow
from bot.reports import gathering, periods, rules, sending, views, workbook
from bot.shifts.open_time_tables import OpenTime
from bot.timeline import timeline
from bot.updates.tables import Promise
from bot.web.api import rules as api
from tests import prepared
from tests.rules.playbook_builders import database
from tests.rules.test_update_templates import services

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)  # the last complete week has Sunday's change of the clocks
REGIONS = {"APAC": ("Manila", "Cebu"), "EMEA": ("Kraków",)}


def store_incident(session: Session, dice: random.Random, declared_at: datetime) -> None:
    """Store an incident with its events: some are drills, declined or private, and some facts are unknown."""
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

    def append(kind: str, minutes: float, **facts: object) -> None:
        timeline.append(session, number, kind, declared_at + timedelta(minutes=minutes), "UANA", **facts)

    started = declared_at - timedelta(minutes=dice.randint(5, 60))
    if dice.random() < 0.7:
        append("milestone", 0, milestone="started", reached_at=started.isoformat(), reason="", how="")
        if dice.random() < 0.7:
            detected = declared_at - timedelta(minutes=dice.randint(0, 4))
            append("milestone", 0, milestone="detected", reached_at=detected.isoformat(), reason="", how="floor")
    append("declared", 0)
    if dice.random() < 0.8:
        append("role_taken", dice.randint(1, 30), role="commander")
    if dice.random() < 0.6:
        append("status", dice.randint(31, 90), old="investigating", new="mitigated")
    if incident.status in ("resolved", "closed"):
        append("resolved", dice.randint(91, 500))
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


TEAMS = {"Billing": ("EMEA", 3), "Billing Manila": ("APAC", 2)}


def store_work(session: Session, dice: random.Random, moment: datetime) -> None:
    """Store a handover, a gap, a follow-up and a work item, each in a random state."""
    hours = timedelta(hours=dice.randint(1, 200))
    state = dice.choice(("offered", "complete", "complete", "ended"))
    session.add(ShiftHandover(from_id="UANA", to_id="UBEN", state=state, offered_at=moment))
    problem, escalated_at = dice.choice(("gap", "gap", "lone cover")), dice.choice((None, moment - hours))
    gap = OpenTime(problem=problem, role="gqm", starts_at=moment, ends_at=moment + hours, found_at=moment - hours)
    gap.state, gap.escalated_at = dice.choice(("filled", "open", "passed")), escalated_at
    session.add(gap)
    incident_id, late = dice.randint(1, 420), moment + timedelta(days=dice.randint(1, 30))
    follow_up = FollowUp(
        incident_id=incident_id,
        source_key=uuid4().hex,
        text="alarm",
        due_on=late.date(),
        due_at=late,
        added_by="UANA",
        added_at=moment,
    )
    follow_up.finished_at = dice.choice((None, late, late + timedelta(days=dice.randint(2, 20))))
    session.add(follow_up)
    team = dice.choice(list(TEAMS))
    kind = dice.choice(("case", "case", "case", "change", "task"))
    item = Case(
        source="crm",
        external_id=uuid4().hex,
        kind=kind,
        name="C",
        team=team,
        region=TEAMS[team][0],
        opened_at=moment,
        started_at=moment,
        updated_at=moment,
        touched_at=moment,
    )
    item.ended_at = dice.choice((None, moment + hours))
    item.target_s, item.is_breached = dice.choice((None, 3600)), dice.random() < 0.3
    session.add(item)
    missing_guide = GuideDraft(incident_id=incident_id, title="", text="", noted_at=moment)
    missing_guide.state = dice.choice(("missing", "in review", "published"))
    missing_guide.published_at = moment if missing_guide.state == "published" else None
    guide_draft_tables.note(session, missing_guide)


def store_queues(session: Session, dice: random.Random) -> None:
    """Store half-hours of three queues for five weeks, with a part of the last week imported twice."""
    numbers = {}
    for name, site in (("Sales", "Manila"), ("Care", "Kraków"), ("Care", "Cebu")):
        queue = Queue(name=name, site=site)
        session.add(queue)
        session.flush()
        numbers[queue.number] = site
    for place, days in enumerate((35, 4)):
        brought = Import(key=str(place), source="file", touched_at=NOW, visible_at=NOW + timedelta(minutes=place))
        session.add(brought)
        session.flush()
        first = int((NOW - timedelta(days=days)).timestamp()) // 1800 * 1800
        for number in numbers:
            for starts_at in range(first, int(NOW.timestamp()), 1800 * 8):
                offered = dice.randint(0, 60)
                answered = dice.randint(0, offered)
                keys = {"queue_id": number, "starts_at": starts_at, "import_id": brought.number}
                figures = IntervalFigures(**keys, interval_s=1800)
                figures.offered, figures.answered = offered, dice.choice((answered, answered, None))
                figures.answered_in = None if figures.answered is None else dice.randint(0, answered)
                figures.abandoned, figures.abandoned_in = offered - answered, dice.randint(0, offered - answered)
                figures.asa_s, figures.aht_s = dice.choice((None, 12.5, 90)), 300 + dice.random()
                session.add(figures)


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("reports")
    teams = {name: Team(region=region, engineers=people) for name, (region, people) in TEAMS.items()}
    without_database = services(
        reports=Reports(regions=REGIONS), cases=Cases(teams=teams, regions={region: Region() for region in REGIONS})
    )
    store = database(folder)
    dice = random.Random(7)
    with store.transaction() as session:
        for _ in range(420):
            store_incident(session, dice, NOW - timedelta(minutes=dice.randint(0, 60 * 24 * 150)))
        for _ in range(300):
            store_work(session, dice, NOW - timedelta(minutes=dice.randint(0, 60 * 24 * 150)))
        store_queues(session, dice)
    yield replace(without_database, database=store), folder / prepared.NAME
    store.close()


# The independent count: plain SQL and the standard library


def counted_again(file: Path, start: datetime, end: datetime, region: str) -> list[dict]:
    """Return every incident of a period with its lengths in minutes, straight from the file."""
    rows = sqlite3.connect(file)
    rows.row_factory = sqlite3.Row
    incidents = []
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
        incidents.append({**incident, "sites": sites, **lengths, "kept": promises[0] or 0, "promised": promises[1]})
    rows.close()
    return incidents


def floor_again(file: Path, start: datetime, end: datetime, region: str) -> dict[str, tuple[float, float]]:
    """Return each figure of the floor's work in a period as part and whole, straight from the file."""
    rows = sqlite3.connect(file)
    times = {"start": f"{start:%Y-%m-%d %H:%M:%S}", "end": f"{end:%Y-%m-%d %H:%M:%S}", "region": region}
    counted_incidents = (
        "incident_id IN (SELECT id FROM incidents WHERE NOT is_drill AND status NOT IN ('declined', 'merged'))"
    )

    def two(query: str) -> tuple[float, float]:
        part, whole = rows.execute(query, times).fetchone()
        return part or 0, whole or 0

    figures = {
        "Handovers complete": two(
            "SELECT sum(state = 'complete'), count(*) FROM shift_handovers "
            "WHERE state <> 'ended' AND offered_at >= :start AND offered_at < :end"
        ),
        "Gaps filled late": two(
            "SELECT sum(escalated_at IS NOT NULL OR state = 'passed'), count(*) FROM open_times "
            "WHERE problem = 'gap' AND starts_at >= :start AND starts_at < :end"
        ),
        "Follow-ups overdue": two(
            f"SELECT count(*), 0 FROM follow_ups WHERE datetime(due_at, '+1 day') <= :end AND added_at <= :end "
            f"AND (finished_at IS NULL OR finished_at > :end) AND {counted_incidents}"
        ),
        "Missing guides written": two(
            f"SELECT sum(state = 'published'), count(*) FROM knowledge_gaps "
            f"WHERE noted_at >= :start AND noted_at < :end AND {counted_incidents}"
        ),
    }
    for kind, title in (("case", "Cases"), ("change", "Changes"), ("task", "Tasks")):
        of_kind = f"FROM cases WHERE kind = '{kind}' AND (:region = '' OR region = :region)"
        open_then = "opened_at < :end AND (ended_at IS NULL OR ended_at >= :end)"
        came, ended = "opened_at >= :start AND opened_at < :end", "ended_at >= :start AND ended_at < :end"
        teams = rows.execute(f"SELECT DISTINCT team {of_kind} AND (({came}) OR ({ended}) OR ({open_then}))", times)
        figures |= {
            f"{title} opened": two(f"SELECT count(*), 0 {of_kind} AND {came}"),
            f"{title} ended": two(f"SELECT count(*), 0 {of_kind} AND {ended}"),
            f"{title} open": two(f"SELECT count(*), 0 {of_kind} AND {open_then}"),
            f"{title} within target": two(
                f"SELECT sum(NOT is_breached), count(*) {of_kind} AND {ended} AND target_s IS NOT NULL"
            ),
        }
        people = sum(TEAMS[team][1] for (team,) in teams)
        figures[f"{title} open per person"] = (figures[f"{title} open"][0], people)
    rows.close()
    # Handovers, gaps, follow-ups and guides belong to no region.
    return {
        name: parts
        for name, parts in figures.items()
        if not region or name.startswith(("Cases", "Changes", "Tasks"))
    }


def queues_again(file: Path, start: datetime, end: datetime, region: str) -> dict[str, dict[str, float | None]]:
    """Return each queue of a period, straight from the file; the last import of an interval counts."""
    rows = sqlite3.connect(file)
    rows.row_factory = sqlite3.Row
    intervals: dict[tuple, dict] = {}
    query = (
        "SELECT f.*, q.name, q.site FROM interval_figures f JOIN figure_queues q ON q.id = f.queue_id "
        "WHERE starts_at >= ? AND starts_at < ? ORDER BY import_id"
    )
    for row in rows.execute(query, (start.timestamp(), end.timestamp())):
        if not region or row["site"] in REGIONS[region]:
            interval = intervals.setdefault((f"{row['name']} · {row['site']}", row["starts_at"]), {})
            interval |= {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118 - no mapping
    rows.close()

    def over(name: str, part: str, whole: str, times: str = "") -> float | None:
        parts = [
            (each[part] * (each[times] if times else 1), each[whole])
            for (queue, _), each in intervals.items()
            if queue == name and {part, whole} <= each.keys() and (not times or times in each)
        ]
        total = sum(below for _, below in parts)
        return sum(above for above, _ in parts) / total if total else None

    return {
        name: {
            "offered": sum(each["offered"] for (queue, _), each in intervals.items() if queue == name),
            "service level (%)": over(name, "answered_in", "offered"),
            "ASA (s)": over(name, "asa_s", "answered", "answered"),
            "AHT (s)": over(name, "aht_s", "answered", "answered"),
            "abandoned (%)": over(name, "abandoned", "offered"),
        }
        for name in {queue for queue, _ in intervals}
    }


def nine_of_ten(values: list[float]) -> float:
    ordered = sorted(values)
    return next(value for value in ordered if sum(each <= value for each in ordered) >= 0.9 * len(ordered))


@pytest.mark.parametrize(
    ("typed", "region"), [("week", ""), ("month", ""), ("day", ""), ("week", "APAC"), ("week", "EMEA")]
)
def test_every_cell_agrees_with_the_rows_and_the_week_is_compared_with_the_four_before(
    floor, typed, region
) -> None:
    services, file = floor
    period = periods.last_period(typed, NOW, ZONE)
    earlier = periods.before(period, ZONE)
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
        lengths = [[each[name] for each in some if each[name] is not None] for some in (own, past)]
        for figure, reckon in (("median", statistics.median), ("90th percentile", nine_of_ten)):
            values = [reckon(some) if some else None for some in lengths]
            expected["Time", f"{name}, {figure}"] = (*values, len(lengths[0]))
    promises = [
        (sum(each["kept"] for each in some), sum(each["promised"] for each in some)) for some in (own, past)
    ]
    shares = [100 * part / whole if whole else None for part, whole in promises]
    expected["Floor", "Updates kept"] = (*shares, promises[0][1])

    times = [(period.start, period.end), *((each.start, each.end) for each in earlier)]
    now, *before = (floor_again(file, *each, region) for each in times)
    for name, (part, whole) in now.items():
        if name.endswith((" opened", " ended", " open", "overdue")):
            expected["Floor", name] = (part, sum(each[name][0] for each in before) / 4, None)
            continue
        then = [sum(each[name][place] for each in before) for place in (0, 1)]
        factor = 1 if name.endswith("per person") else 100
        values = [factor * above / below if below else None for above, below in ((part, whole), then)]
        expected["Floor", name] = (*values, whole)

    for key, (now, before, n) in expected.items():
        _, _, shown, shown_before, _, shown_n = cells.pop(key)
        assert shown == pytest.approx(now, abs=0.006), key
        assert shown_before == pytest.approx(before, abs=0.006), key
        assert shown_n == n, key
    assert cells == {}, "every figure shown was counted again"

    header, *lines = book["Queues"].iter_rows(values_only=True)
    again = queues_again(file, period.start, period.end, region)
    again_before = queues_again(file, earlier[0].start, earlier[-1].end, region)
    assert {line[0] for line in lines} == again.keys() != set()
    for line in lines:
        shown = dict(zip(header, line, strict=True))
        assert shown["service level"] == "answered within 20 s of offered"
        for name, value in again[line[0]].items():
            whole, earlier_value = (
                100 if "%" in name else 1,
                again_before[line[0]][name] if typed == "week" else None,
            )
            assert shown[name] == pytest.approx(None if value is None else whole * value, abs=0.006), (
                line[0],
                name,
            )
            if earlier_value is not None:
                earlier_value *= 0.25 if name == "offered" else whole
                assert shown[f"{name}, before"] == pytest.approx(earlier_value, abs=0.006), (line[0], name)

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


def test_the_api_counts_the_same_and_leaves_out_private_incidents(floor) -> None:
    services, file = floor
    period = periods.last_period("month", NOW, ZONE)
    with services.database.reading() as session:
        counted = gathering.counted(session, services, period.start, period.end, "APAC", only_public=True)
    report = api.report(counted, services.floor.types)
    own = [each for each in counted_again(file, period.start, period.end, "APAC") if not each["is_private"]]
    assert 0 < len(own) < len(counted_again(file, period.start, period.end, "APAC"))
    assert (report["count"], sum(report["by_severity"].values())) == (len(own), len(own))
    assert report["by_type"] == {name: sum(each["type"] == name for each in own) for name in ("crm", "telephony")}
    for name in ("detect", "acknowledge", "mitigate", "resolve"):
        lengths = [each[f"To {name}"] for each in own if each[f"To {name}"] is not None]
        minutes = report[f"minutes_to_{name}"]
        assert minutes["n"] == len(lengths)
        assert minutes["median"] == pytest.approx(statistics.median(lengths), abs=0.051)
        assert minutes["p90"] == pytest.approx(nine_of_ten(lengths), abs=0.051)
    assert report["updates_kept"] == sum(each["kept"] for each in own)
    assert report["updates_promised"] == sum(each["promised"] for each in own)


def test_a_week_begins_at_midnight_in_its_zone_and_includes_the_repeated_hour() -> None:
    week = periods.last_period("week", NOW, ZONE)
    assert (week.start, week.end) == (datetime(2026, 10, 18, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert week.end - week.start == timedelta(days=7, hours=1)
    assert [each.end for each in periods.before(week, ZONE)][-1] == week.start
    months = periods.before(periods.last_period("month", NOW, ZONE), ZONE)
    assert [f"{each.start.astimezone(ZONE):%b}" for each in months] == ["May", "Jun", "Jul", "Aug"]


def test_n_median_and_the_ninetieth_percentile() -> None:
    assert rules.spread([]) == rules.Spread(0, None, None)
    assert rules.spread([None, 3]) == rules.Spread(1, 3, 3)
    assert rules.spread([4, 1, 3, 2]) == rules.Spread(4, 2.5, 4)
    assert rules.spread(range(1, 11)) == rules.Spread(10, 5.5, 9)
    assert rules.spread(range(1, 12)) == rules.Spread(11, 6, 10)


def test_periods_are_read_and_other_words_are_refused(floor) -> None:
    services, _ = floor
    assert sending.read_request(services, "week apac", NOW).region == "APAC"
    assert sending.read_request(services, "", NOW).period.kind == "week"
    days = sending.read_request(services, "90 days", NOW).period
    assert days.end - days.start == timedelta(days=90)
    for typed, refusal in (("fortnight", periods.UnknownPeriod), ("week LATAM", rules.UnknownRegion)):
        with pytest.raises(refusal):
            sending.read_request(services, typed, NOW)
    nowhere = replace(services, floor=services.floor.model_copy(update={"reports": Reports()}))
    with pytest.raises(rules.NoRegions, match=r"LATAM isn.t one\. Regions are defined in `floor\.yaml`"):
        sending.read_request(nowhere, "week LATAM", NOW)


def test_the_message_gives_the_figures_in_a_few_lines_and_the_picture_is_drawn(floor) -> None:
    services, _ = floor
    report = gathering.gather(services, periods.last_period("week", NOW, ZONE), ZONE, "")
    text = views.summary(report)
    assert text.startswith("📊 *Report 19 Oct – 25 Oct 2026*")
    assert "Follow-ups overdue: 61, 55.8 before" in text
    first = replace(report, rows=[replace(row, before=None) for row in report.rows])
    assert " before" not in views.summary(first).split("one._", 1)[1], "there is nothing to compare it with"
    assert "_Before: the average of the four periods before this one._" in text
    assert views.value(1_234_567, "count") == "1,234,567"
    assert "To mitigate, median:" in text
    assert "(n = " in text
    assert "Care · Cebu: " in text
    assert "answered within 20 s of offered, ASA " in text
    in_spanish = gathering.gather(services, report.period, ZONE, "", "es")
    assert {row.name for row in in_spanish.rows if row.group == "Type"} == {
        "Telefonía o IVR",
        "CRM o herramienta de escritorio",
    }
    assert "Cracovia" in {row.name for row in in_spanish.rows if row.group == "Site"}
    spanish = views.summary(report, 1, "es")
    assert spanish.startswith("📊 *Informe 19 oct – 25 oct 2026*")
    assert "Casos pendientes de clientes sensibles: 1" in spanish
    assert "before" not in spanish
    [heading, *_] = views.queue_table(report, "es")["rows"]
    assert heading == ["Cola", "Ofrecidos", "NS", "ASA", "TMO", "Abandono"], "the words of the message"
    line = structs.replace(report.queues[0], name="Billing EN · Manila · Northline")
    [_, row] = views.queue_table(structs.replace(report, queues=[line]))["rows"]
    assert row[0] == line.name, "a queue with its site and partner is named whole"
    one = SensitiveCase("INC1", "=Paid twice", "Grand Hotel", "P2", "EMEA", "Billing", None, "2 h left")
    book = openpyxl.load_workbook(BytesIO(workbook.build(report, [one], "es")))
    assert book.sheetnames == ["Cifras", "Incidentes", "Colas", "Casos sensibles", "Definiciones"]
    assert [cell.value for cell in book["Casos sensibles"][2]][:2] == ["INC1", "Grand Hotel"]
    for_others = openpyxl.load_workbook(BytesIO(workbook.build(report)))
    assert "Sensitive cases" not in for_others.sheetnames
    figures = for_others["Figures"]
    names = [str(row[0].value or "") for row in figures["B2:B42"]]
    assert figures.column_dimensions["B"].width > max(map(len, names)), "no name is cut off"
    assert sending.picture(report).startswith(b"\x89PNG")


DAILY = {"every": "day", "zone": "UTC", "to": ("#operations",)}


@pytest.mark.parametrize(
    ("sent", "now", "day"),
    [
        ({"at": "18:00"}, datetime(2026, 10, 28, 17, 59, tzinfo=UTC), None),
        ({"at": "18:00"}, datetime(2026, 10, 28, 18, 0, tzinfo=UTC), 27),
        ({"at": "18:00"}, datetime(2026, 10, 29, 0, 10, tzinfo=UTC), 27),
        ({"at": "23:59"}, datetime(2026, 10, 29, 0, 0, 30, tzinfo=UTC), 27),
        ({"at": "18:00"}, datetime(2026, 10, 29, 6, 0, tzinfo=UTC), None),
        ({"at": "07:00"}, datetime(2026, 10, 29, 7, 30, tzinfo=UTC), 28),
    ],
)
def test_a_report_is_sent_up_to_twelve_hours_late_and_over_midnight(sent, now, day) -> None:
    period = sending.due_period(SentReport.model_validate(DAILY | sent), now)
    assert (period.start.day if period else None) == day


def test_a_report_is_sent_once_however_the_list_in_the_settings_changes(tmp_path) -> None:
    store, now = database(tmp_path), datetime(2026, 10, 29, 9, 0, tzinfo=UTC)
    for lists in (
        [DAILY],
        [DAILY | {"to": ("#executives",)}, DAILY],
        [DAILY | {"region": "APAC"}, DAILY | {"to": ("#operations", "#executives")}],
    ):
        reports = Reports(sent=[{"at": "08:00"} | each for each in lists], regions=REGIONS)
        sending.send_due(replace(services(reports=reports), database=store), now)
    with store.reading() as session:
        targets = [(row.payload["region"], row.payload["target"]) for row in session.exec(select(OutboxRow))]
    store.close()
    assert sorted(targets) == [("", "#executives"), ("", "#operations"), ("APAC", "#operations")]
