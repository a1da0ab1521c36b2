"""Files of figures as contact centres export them: every trap of the samples, and malicious files."""

import json
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.impact.actions import FiguresNotReadable, read_typed
from bot.impact.preview_views import FilePreview, threshold_warning
from bot.impact.reading import usable
from bot.impact.reading.header import open_report
from bot.impact.reading.other_shapes import read
from bot.impact.reading.plan import ColumnMap, Plan, plan, recognise
from bot.impact.reading.rows import LeftOut, QueueName, ReadRow
from bot.impact.reading.vocabulary import Meaning
from bot.impact.rules.figures import NAMES, Figures
from bot.sources.tabular import errors, workbook
from bot.sources.tabular.cells import NotReadable, decimal_sign, read_length, read_number, read_share
from bot.sources.tabular.moments import Clock, read_date, read_start, read_time, says_day_first
from bot.sources.tabular.sheet import columns_of

SAMPLES = Path(__file__).parent / "figures"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
LONDON, UTC_ZONE, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe")


def plan_of(path: Path, queue: str = "Voice") -> Plan:
    sheet = open_report(path)
    columns = recognise(sheet)
    has_queue = Meaning.QUEUE in columns.meanings or bool(columns.queue)
    return plan(sheet, columns if has_queue else ColumnMap(columns.meanings, queue))


def goal_s(queue: str) -> float:
    """Half a minute for chats, twenty seconds for calls."""
    return 60 if queue == "Chat" else 20


def read_file(path: Path, zone: ZoneInfo = LONDON) -> tuple[list[ReadRow], list[LeftOut]]:
    results = list(read(plan_of(path), zone, goal_s))
    left_out = [row for row in results if isinstance(row, LeftOut)]
    return [row for row in results if not isinstance(row, LeftOut)], left_out


def figures(row: ReadRow) -> Figures:
    return Figures(**dict(zip(NAMES, row.figures, strict=True)))


def sample(name: str) -> tuple[list[Figures], list[LeftOut], dict]:
    rows, left_out = read_file(SAMPLES / name)
    return [figures(row) for row in rows], left_out, EXPECTED[name]


def utc(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ")


def offered(rows: list[Figures]) -> float:
    return sum(row.offered or 0 for row in rows)


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "figures.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_dash_in_connects_export_is_unknown_and_a_comma_within_a_number_groups_thousands():
    rows, left_out, expected = sample("made_connect_historical.csv")
    assert len(rows) == expected["rows"]
    assert offered(rows) == expected["sum_offered"]
    assert sum(row.imported_service_level is None for row in rows) == expected["null_service_level_rows"]
    assert rows[2].offered == expected["offered_row3"]
    assert rows[0].aht_s == expected["aht_seconds_row1"]
    assert rows[1].aht_s is None
    assert left_out == []


def test_title_lines_totals_and_the_windows_encoding_are_recognised():
    rows, left_out, expected = sample("made_cms_cp1252_titles_totals.csv")
    assert (len(rows), len(left_out)) == (expected["rows"], expected["skipped_total_rows"])
    assert left_out == [LeftOut(7, "a row of totals")]
    assert offered(rows) == expected["sum_offered"]
    assert [row.aht_s for row in rows] == expected["aht_seconds"]
    assert [row.agents for row in rows] == expected["agents"]
    assert read_file(SAMPLES / "made_cms_cp1252_titles_totals.csv")[0][0].queue.queue == "Atención"


def test_tabs_in_utf_16_are_read():
    rows, _, expected = sample("made_utf16_tab.csv")
    assert (len(rows), offered(rows)) == (expected["rows"], expected["sum_offered"])
    assert [row.aht_s for row in rows] == expected["aht_seconds"]


def test_a_day_over_12_in_the_last_row_settles_every_date_and_midnight_is_12_am():
    rows, _ = read_file(SAMPLES / "made_us_ampm_sep_line.csv", UTC_ZONE)
    assert [utc(row.starts_at) for row in rows] == ["2026-02-01T00:00Z", "2026-02-01T12:30Z", "2026-02-13T09:00Z"]
    plan = plan_of(SAMPLES / "made_us_ampm_sep_line.csv")
    assert plan.is_day_certain
    assert plan.has_short_days


def test_dates_that_begin_with_the_year_are_unambiguous(tmp_path):
    file = tmp_path / "iso.csv"
    file.write_text("Queue,Date,Interval,Offered\nBilling,2026-03-04,09:00,10\n")
    assert not plan_of(file).has_short_days
    file.write_text("Queue,Date,Interval,Offered\nBilling,03/04/2026,09:00,10\n")
    assert plan_of(file).has_short_days
    assert not plan_of(file).is_day_certain


def test_the_repeated_hour_of_the_autumn_night_is_another_interval():
    rows, left_out = read_file(SAMPLES / "made_dst_autumn_london.csv")
    expected = EXPECTED["made_dst_autumn_london.csv"]
    assert [utc(row.starts_at) for row in rows] == expected["utc"]
    assert offered([figures(row) for row in rows]) == expected["sum_offered"]
    assert left_out == []


def test_a_forecast_with_one_column_per_interval_is_read():
    rows, left_out, expected = sample("made_wide_forecast.csv")
    assert [row.forecast_offered for row in rows] == expected["forecast"]
    assert [row.forecast_aht_s for row in rows] == [300, 300, 305]
    assert [row.forecast_agents for row in rows] == [41, 43, 44]
    assert left_out == []


def test_decimal_commas_and_serial_dates_are_read():
    rows, _ = read_file(SAMPLES / "made_bom_semicolon_decimal_comma_serial_dates.csv", UTC_ZONE)
    expected = EXPECTED["made_bom_semicolon_decimal_comma_serial_dates.csv"]
    assert (len(rows), offered([figures(row) for row in rows])) == (expected["rows"], expected["sum_offered"])
    assert utc(rows[0].starts_at) == "2026-11-21T00:00Z"
    assert figures(rows[0]).imported_service_level == pytest.approx(0.6645)
    sheet = open_report(SAMPLES / "made_bom_semicolon_decimal_comma_serial_dates.csv")
    assert len(sheet.header) == expected["columns"]


def test_a_log_of_calls_is_counted_by_the_goal_of_each_queue(tmp_path):
    rows, _, expected = sample("made_call_log_trailing_comma.csv")
    assert offered(rows) == expected["offered"]
    assert sum(row.answered or 0 for row in rows) == expected["answered"]
    assert sum(row.answered_in or 0 for row in rows) == expected["answered_within_20_s_inclusive"]
    assert sum(row.abandoned or 0 for row in rows) == expected["calls"] - expected["answered"]
    calls = (SAMPLES / "made_call_log_trailing_comma.csv").read_text(encoding="utf-8-sig")
    chats, _ = read_file(csv_file(tmp_path, calls.replace("Billing", "Chat")))
    assert sum(figures(row).answered_in or 0 for row in chats) == 50, "within a minute"


@pytest.mark.parametrize(
    ("zone", "day", "half_hours"),
    [
        ("Europe/London", (2026, 3, 29), 46),
        ("America/New_York", (2026, 11, 1), 50),
        ("Australia/Lord_Howe", (2026, 4, 5), 49),
    ],
)
def test_a_day_has_as_many_half_hours_as_its_clock_shows(zone, day, half_hours):
    clock, moments, missing = Clock(ZoneInfo(zone)), set(), 0
    start, end = (datetime.combine(date(*day), time(), ZoneInfo(zone)) + timedelta(days=each) for each in (0, 1))
    at = start.astimezone(UTC)
    while at < end.astimezone(UTC):
        moments.add(clock.moment(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), "Billing"))
        at += timedelta(minutes=30)
    assert len(moments) == half_hours
    for label in range(48):
        try:
            Clock(ZoneInfo(zone)).moment(datetime(*day) + timedelta(minutes=30 * label), "")
        except NotReadable:
            missing += 1
    assert missing == max(0, 48 - half_hours)


def test_a_time_that_the_clock_skipped_is_named(tmp_path):
    text = "Date,Interval,Queue,Offered\n29/03/2026,00:30,Billing,10\n29/03/2026,01:30,Billing,11\n"
    rows, left_out = read_file(csv_file(tmp_path, text))
    assert len(rows) == 1
    assert left_out == [LeftOut(3, "there was no 01:30 on 29 March 2026 in Europe/London: the clock went forward")]


def test_rows_that_cannot_be_read_are_named_by_line_and_reason(tmp_path):
    text = (
        "Date,Interval,Queue,Offered,AHT\n26/11/2026,09:00,Billing,=1+1,300\n26/11/2026,09:30,Billing,-4,300\n"
        "26/11/2026,10:00,Billing,-,-\n26/11/2026,25:00,Billing,5,300\n,11:00,Billing,5,300\n"
        "26/11/2026,11:30,,5,300\n26/11/2026,12:00,Billing,5,5:12\n\n"
    )
    rows, left_out = read_file(csv_file(tmp_path, text))
    assert [figures(row).aht_s for row in rows] == [312]
    assert left_out == [
        LeftOut(2, "offered: `=1+1` is a formula, not a number"),
        LeftOut(3, "offered: `-4` is negative"),
        LeftOut(4, "none of its figures is known"),
        LeftOut(5, "`25:00` is not a time of day"),
        LeftOut(6, "it does not say when it was"),
        LeftOut(7, "it names no queue"),
    ]


def test_total_times_become_averages_and_milliseconds_seconds(tmp_path):
    text = (
        "Queue,Interval start,Answered,Total handle time (ms),Sum queue answer time\n"
        "Billing,2026-11-26T09:00:00+01:00,10,3000000,150\nBilling,2026-11-26T09:15:00+01:00,0,0,0\n"
    )
    rows, _ = read_file(csv_file(tmp_path, text))
    assert (figures(rows[0]).aht_s, figures(rows[0]).asa_s) == (300, 15)
    assert (figures(rows[1]).aht_s, rows[0].interval_s) == (None, 900)
    assert utc(rows[0].starts_at) == "2026-11-26T08:00Z"


def test_a_false_z_can_be_taken_for_the_sites_own_time(tmp_path):
    sheet = open_report(csv_file(tmp_path, "DateTime,Calls\n2026-07-03T07:00:00Z,111\n2026-07-03T07:05:00Z,113\n"))
    columns = ColumnMap(recognise(sheet).meanings, "Bank", ignore_zone=True)
    rows = [row for row in read(plan(sheet, columns), LONDON, goal_s) if isinstance(row, ReadRow)]
    assert [utc(row.starts_at) for row in rows] == ["2026-07-03T06:00Z", "2026-07-03T06:05Z"]


def test_a_workbook_is_read_as_its_csv_would_be(tmp_path):
    book = Workbook()
    book.create_sheet("Notes").append(["nothing", "here"])
    sheet = book.active
    sheet.append(["Informe: Cola Billing"])
    sheet.append(["Fecha", "Hora", "Ofrecidas", "Atendidas", "TMO", "% NS"])
    sheet.append([datetime(2026, 11, 26), time(9, 0), 1204, 1100, time(0, 5, 12), 81.2])
    sheet.append([datetime(2026, 11, 26), time(9, 30), 998.0, 950, timedelta(minutes=5, seconds=2), None])
    sheet.append(["Total", None, 2202, 2050, None, None])
    path = tmp_path / "figures.xlsx"
    book.save(path)
    rows, left_out = read_file(path)
    assert [figures(row).offered for row in rows] == [1204, 998]
    assert [figures(row).aht_s for row in rows] == [312, 302]
    assert figures(rows[0]).imported_service_level == pytest.approx(0.812)
    assert [utc(row.starts_at) for row in rows] == ["2026-11-26T09:00Z", "2026-11-26T09:30Z"]
    assert left_out == [LeftOut(5, "a row of totals")]


def test_a_header_of_two_lines_with_merged_cells_is_read_as_one(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Monthly report"])
    sheet.append(["Queue", "Interval start", "Contacts", None, None])
    sheet.append([None, None, "Answered", "Offered", "AHT"])
    sheet.append(["Billing", datetime(2026, 11, 26, 9, 0), 100, 120, 310])
    for merged in ("A1:E1", "A2:A3", "B2:B3", "C2:D2"):
        sheet.merge_cells(merged)
    path = tmp_path / "merged.xlsx"
    book.save(path)
    [row], left_out = read_file(path)
    assert (figures(row).offered, figures(row).answered, figures(row).aht_s) == (120, 100, 310)
    assert not left_out


def test_the_same_columns_have_the_same_shape_and_a_stored_plan_is_read_back():
    wide, long = (
        open_report(SAMPLES / "made_wide_forecast.csv"),
        open_report(SAMPLES / "made_connect_historical.csv"),
    )
    assert wide.shape != long.shape
    columns = ColumnMap(recognise(long).meanings, "Billing", day_first=False, ignore_zone=True)
    assert ColumnMap.from_json(json.loads(json.dumps(columns.as_json()))) == columns


def refused_with(path: Path) -> str:
    with pytest.raises(errors.FileRefused) as refused:
        plan_of(path, queue="")
    return refused.value.sentence


def test_malicious_files_are_refused_with_a_sentence_each(tmp_path):
    book = Workbook()
    book.active.append(["Date", "Interval", "Queue", "Offered"])
    book.active.append(["26/11/2026", "09:00", "Billing", "=1+1"])
    formulas = tmp_path / "formulas.xlsx"
    book.save(formulas)
    assert "formulas whose results were not saved" in refused_with(formulas)

    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert "would grow to 30 MB" in refused_with(bomb)

    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(101_000_000)
    assert "has 101 MB; at most 100 MB" in refused_with(large)

    old = tmp_path / "old.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    assert "old or protected Excel workbook" in refused_with(old)

    other_zip = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(other_zip, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "neither text nor an xlsx workbook" in refused_with(other_zip)
    other_zip.write_bytes(b"PK\x03\x04 cut off")
    assert "neither text nor an xlsx workbook" in refused_with(other_zip)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no rows under its header"),
        (b"Date,Interval,Queue,Offered\n", "has no rows under its header"),
        (bytes(range(256)) * 40, "neither text nor an xlsx workbook"),
        (b"What a day\nNothing but words\n", "names columns that I know"),
        (b'Date,Queue,Offered\n"' + b"x" * 20_000, "After line 1 of figures.csv a quotation mark is not closed"),
        (b"Queue,Offered,Answered\nBilling,10,9\n", "says when its intervals begin"),
        (b"Date,Interval,Offered,Answered\n26/11/2026,09:00,10,9\n", "says which queue it is about"),
        (b"Date,Queue,Offered" + b",x" * 997 + b"\n1/1/2026,Billing,1\n", "has 1000 columns; at most 800"),
    ],
)
def test_files_without_figures_are_refused_with_a_sentence_each(tmp_path, content, sentence):
    path = tmp_path / "figures.csv"
    path.write_bytes(content)
    assert sentence in refused_with(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_encoding_and_separator_is_recognised(tmp_path, encoding, separator):
    lines = ["Cola;Fecha;Intervalo;Ofrecidas", "Atención;26/11/2026;09:00;12", "Año;26/11/2026;09:30;13"]
    rows, _ = read_file(csv_file(tmp_path, "\r\n".join(lines).replace(";", separator), encoding))
    assert [(row.queue.queue, figures(row).offered) for row in rows] == [("Atención", 12), ("Año", 13)]


@given(st.floats(0, 9_999_999, allow_nan=False).map(lambda number: round(number, 2)))
def test_a_number_is_read_in_either_notation(number):
    english = f"{number:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert read_number(english, decimal_sign([english], [])) == number
    assert read_number(continental, decimal_sign([continental], [])) == number


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_cell(text):
    for read_cell in (
        lambda: read_number(text, "."),
        lambda: read_length(text, ","),
        lambda: read_share(text, ".", is_percent=True),
        lambda: read_date(text, day_first=True),
        lambda: read_time(text),
    ):
        try:
            amount = read_cell()
        except NotReadable:
            continue
        assert not isinstance(amount, float) or 0 <= amount < 1e9


def test_a_point_before_two_digits_does_not_group_thousands():
    with pytest.raises(NotReadable):
        read_number("88.5", ",")
    assert read_number("1.204", ",") == 1204
    assert read_number("1.204", ".") == 1.204


def test_a_formula_with_its_result_is_not_refused(tmp_path):
    path = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", '<c r="A1"><f>1+1</f><v>2</v></c>')
    workbook.check(path)


@pytest.mark.parametrize(
    ("name", "typed", "amount"),
    [
        ("offered", "1,204", 1204),
        ("answered", "1.204", 1204),
        ("abandoned", "1.204.300", 1_204_300),
        ("forecast_offered", "1,204.5", 1204.5),
        ("forecast_offered", "104,25", 104.25),
        ("agents", "1,204", 1204),
        ("agents", "92.5", 92.5),
        ("aht_s", "312.125", 312.125),
    ],
)
def test_three_digits_after_a_sign_are_groups_in_a_number_that_is_typed(name, typed, amount):
    assert getattr(Figures(*read_typed({name: typed})), name) == amount


def test_a_part_of_a_contact_is_refused_beside_its_field():
    with pytest.raises(FiguresNotReadable) as refused:
        read_typed({"offered": "1.5", "answered": "1"})
    assert refused.value.by_field == {
        "offered": "1.5 is not a whole number. Type a number such as 120, or a time such as 5:12."
    }


def test_a_file_that_counts_within_another_time_than_the_goal_is_named(tmp_path):
    path = csv_file(
        tmp_path, "Start,Queue,Offered,Answered in 60 s\n2026-11-26 09:00,Chat,9,7\n2026-11-26 09:00,Fax,9,7\n"
    )

    def warning(**goals_s: float) -> str:
        return threshold_warning(FilePreview(1, path.name, plan_of(path), "UTC", 2, goals_s, 0, 0, [], 0))

    assert warning(Chat=60, Fax=60) == ""
    assert warning(Chat=60, Fax=20).startswith(
        "The file counts contacts answered within 1:00, and the goal of Fax is within 20 s."
    )


def starts_of(folder: Path, text: str) -> list[str]:
    rows, left_out = read_file(csv_file(folder, text))
    assert left_out == []
    return [f"{utc(row.starts_at)} {row.interval_s}" for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Start,End,Offered\n26/11/2026,09:00,09:15,5\n26/11/2026,23:45,00:00,5\n26/11/2026,11:00,,5\n",
        "Date,Start,End,Offered\n26/11/2026,26/11/2026 09:00,26/11/2026 09:15,5\n"
        "26/11/2026,26/11/2026 23:45,27/11/2026 00:00,5\n26/11/2026,26/11/2026 11:00,-,5\n",
        "Date,Start time,Offered\n26/11/2026,09:00 - 09:15,5\n26/11/2026,23:45 - 00:00,5\n26/11/2026,11:00,5\n",
        "Date,Start,End,Offered\n46352,46352.375,46352.385416667,5\n46352,46352.989583333,46353,5\n46352,46352.4583333,,5\n",
        "Start,End,Offered\n26/11/26 9:00,9:15,5\n26/11/26 23:45,0:00,5\n26/11/26 11:00,soon,5\n",
    ],
)
def test_an_interval_begins_where_its_row_says_however_its_times_are_divided_among_columns(tmp_path, text):
    assert starts_of(tmp_path, text) == [
        "2026-11-26T09:00Z 900",
        "2026-11-26T23:45Z 900",
        "2026-11-26T11:00Z 900",
    ]


def test_a_row_whose_start_says_no_time_is_not_taken_for_midnight(tmp_path):
    _, left_out = read_file(csv_file(tmp_path, "Date,Start,Offered\n26/11/2026,0900,5\n"))
    assert left_out == [LeftOut(2, "`0900` is not a time of day")]


def test_a_call_that_was_answered_before_it_came_or_in_an_unknown_zone_is_left_out_alone(tmp_path):
    text = (
        "Contact ID,Queue,Start time,Answered at\n1,A,2026-11-26T09:00:10Z,2026-11-26T09:00:05Z\n"
        "2,A,2026-11-26T09:00:10Z,2026-11-26 09:00:15\n3,A,2026-11-26 09:00:10,2026-11-26T09:00:15Z\n"
        "4,A,26/11/26 9:00,26/11/26 9:00:08\n5,A,26/11/2026 23:59:50,0:00:04\n6,A,2026-11-26T09:00:00Z,09:00:21\n"
    )
    rows, left_out = read_file(csv_file(tmp_path, text))
    zones = "only one of its times names a zone"
    assert left_out == [LeftOut(2, "it ends before it begins"), LeftOut(3, zones), LeftOut(4, zones)]
    assert [(utc(row.starts_at), figures(row).answered_in, figures(row).asa_s) for row in rows] == [
        ("2026-11-26T09:00Z", 1, 14.5),
        ("2026-11-26T23:30Z", 1, 14),
    ]


def test_a_false_z_is_ignored_in_every_column_and_shape(tmp_path):
    calls = "Contact ID,Queue,Start time,Answered at\n1,A,2026-07-03T07:00:00Z,2026-07-03T07:00:09Z\n"
    wide = "Queue,Metric,2026-07-03T07:00:00Z,2026-07-03T07:30:00Z\nA,Offered,1,\n"
    ends = "Queue,Start,End,Offered\nA,2026-07-03T07:00:00Z,2026-07-03T07:30:00Z,1\n"
    for text in (calls, wide, ends):
        sheet = open_report(csv_file(tmp_path, text))
        columns = ColumnMap(recognise(sheet).meanings, "A", ignore_zone=True)
        [row] = [row for row in read(plan(sheet, columns), LONDON, goal_s) if isinstance(row, ReadRow)]
        assert (utc(row.starts_at), row.interval_s) == ("2026-07-03T06:00Z", 1800)


def test_a_figure_per_row_is_read_in_the_unit_that_its_name_says(tmp_path):
    text = (
        "Queue,Metric,2026-11-26 09:00,2026-11-26 09:30\nA,Offered,10,12\nA,AHT (min),5.2,5.5\n"
        "A,ASA (s),20,-\nA,Service level,81,100\nB,AHT (ms),312000,\nB,Service level %,0.5,1\n"
    )
    rows, left_out = read_file(csv_file(tmp_path, text))
    assert left_out == []
    assert [(figures(row).aht_s, figures(row).asa_s, figures(row).imported_service_level) for row in rows] == [
        (pytest.approx(312), 20, 0.81),
        (pytest.approx(330), None, 1),
        (pytest.approx(312), None, 0.005),
        (None, None, 0.01),
    ]


def test_a_figure_per_row_may_be_a_share_of_1_and_a_queues_name_is_no_figure(tmp_path):
    text = "Queue,Metric,2026-11-26 09:00,2026-11-26 09:30\n2,Service level,0.5,1\n"
    rows, _ = read_file(csv_file(tmp_path, text))
    assert [figures(row).imported_service_level for row in rows] == [0.5, 1]


def test_a_column_of_a_time_that_the_clock_skipped_leaves_the_others_readable(tmp_path):
    times = ["00:30", "01:00", "01:30", "02:00"]
    header = ",".join(f"2026-03-29 {time}" for time in times)
    rows, left_out = read_file(csv_file(tmp_path, f"Queue,Metric,{header}\nA,Offered,1,,,4\n"))
    assert [(utc(row.starts_at), figures(row).offered) for row in rows] == [
        ("2026-03-29T00:30Z", 1),
        ("2026-03-29T01:00Z", 4),
    ]
    assert [reason.reason.partition(" on ")[0] for reason in left_out] == [
        "there was no 01:00",
        "there was no 01:30",
    ]
    assert {reason.line for reason in left_out} == {1}


def test_a_call_at_a_time_that_the_clock_skipped_is_left_out_alone(tmp_path):
    text = "Contact ID,Queue,Start time\n1,A,2026-03-29 00:59\n2,A,2026-03-29 01:30\n3,A,2026-03-29 02:00\n"
    rows, left_out = read_file(csv_file(tmp_path, text))
    assert [utc(row.starts_at) for row in rows] == ["2026-03-29T00:30Z", "2026-03-29T01:00Z"]
    assert [(reason.line, reason.reason.partition(" on ")[0]) for reason in left_out] == [(3, "there was no 01:30")]


@pytest.mark.parametrize("zone", ["Asia/Manila", "America/New_York", "UTC"])
@pytest.mark.parametrize(
    "text", ["9999-12-31 23:59", "9999-12-31T23:59:59-05:00", "0001-01-01 00:00", "0001-01-01T00:00:00+08:00"]
)
def test_a_date_that_stands_for_never_can_be_read_in_every_zone(zone, text):
    at = read_start(text, "", day_first=True).at
    assert datetime.fromtimestamp(Clock(ZoneInfo(zone)).moment(at, ""), UTC).year == at.year


@pytest.mark.parametrize(
    ("text", "day_first", "read"),
    [
        ("26/11/2026", True, date(2026, 11, 26)),
        (" 11/26/2026 ", False, date(2026, 11, 26)),
        ("1.2.26", True, date(2026, 2, 1)),
        ("1-2-99", False, date(2099, 1, 2)),
        ("2026/2/1", True, date(2026, 2, 1)),
        ("46352", True, date(2026, 11, 26)),
        ("46352,99", True, date(2026, 11, 26)),
        ("30000", True, date(1982, 2, 18)),
        ("80000", True, date(2119, 1, 11)),
    ],
)
def test_a_date_is_read_in_the_ways_in_which_exports_write_it(text, day_first, read):
    assert read_date(text, day_first=day_first) == read


@pytest.mark.parametrize("text", ["29999", "80001", "31/02/2026", "13/13/2026", "0/1/2026", "1/2/6", "x" * 60, ""])
def test_what_is_no_date_is_refused_in_short(text):
    with pytest.raises(NotReadable, match="is not a date") as refused:
        read_date(text, day_first=True)
    assert f"`{text[:40]}`" in str(refused.value)


def test_a_time_of_day_is_read_with_and_without_halves_of_a_day():
    times = ["0:05", "23:59:58", "12:00 AM", "12:30 pm", "1:00 a.m.", "11:15:09.5 P.M.", " 9:00 "]
    assert [f"{read_time(text):%H:%M:%S}" for text in times] == [
        *("00:05:00", "23:59:58", "00:00:00", "12:30:00", "01:00:00", "23:15:09", "09:00:00")
    ]
    for text in ("0:30 AM", "13:00 PM", "24:00", "9:60", "9", "9:5", "later"):
        with pytest.raises(NotReadable, match=f"`{text}` is not a time of day"):
            read_time(text)


@pytest.mark.parametrize(
    ("dates", "is_day_first"),
    [(["1/2/2026", "12/12/2026"], None), (["1/2/2026", "13/2/2026"], True), (["12/13/2026", "13/1/2026"], False)],
)
def test_a_day_over_12_says_the_order(dates, is_day_first):
    assert says_day_first([*dates, "2026-13-01", "soon"]) is is_day_first


def test_the_start_of_an_interval_is_read_from_one_cell_or_two():
    def start(day: str, clock: str = "") -> str:
        local = read_start(day, clock, day_first=True)
        return f"{local.at:%d %H:%M:%S} {local.length_s}"

    assert start("26/11/2026") == "26 00:00:00 None"
    assert start("26/11/2026 ", " 09:00-09:15 ") == "26 09:00:00 900"
    assert start("26/11/2026", "9:00 AM to 9:30 AM") == "26 09:00:00 1800"
    assert start("26/11/2026", "23:30 – 0:00") == "26 23:30:00 1800"
    assert start("26/11/2026", "00:00 a 00:00") == "26 00:00:00 86400"
    assert start("2026-11-26", "09:00:00-09:00:30") == "26 09:00:00 30"
    assert start("46352.40625") == start("46352,40625") == "26 09:45:00 None"
    assert start("2026-11-26T09:15:30+08:00") == "26 09:15:30 None"
    for day, clock in (("2026-11-26 9x:00", ""), ("2026-11-26 25:00", ""), ("26/11/2026", "-09:00"), ("", "09:00")):
        with pytest.raises(NotReadable):
            start(day, clock)


def test_lengths_and_shares_are_read_in_the_ways_in_which_exports_write_them():
    lengths = ["312.5", "5:12", "0:05:12", "1:00:00,5", " 0:00:07.25 ", "2 500", "-"]
    assert [read_length(text, ".") for text in lengths] == [312.5, 312, 312, 3600.5, 7.25, 2500, None]
    assert read_length("2,5", ",", 60) == 150
    shares = [
        ("81,2%", ",", False),
        ("81.2", ".", True),
        (" 0.5 ", ".", False),
        ("100 %", ".", False),
        ("n/a", ".", True),
    ]
    assert [read_share(text, sign, is_percent=percent) for text, sign, percent in shares] == [
        *(pytest.approx(0.812), pytest.approx(0.812), 0.5, 1, None)
    ]
    assert read_number("10000000", ".") == 10_000_000
    for text, reason in (
        ("10000001", "is too large"),
        ("-1:00", "is negative"),
        ("-0.5", "is negative"),
        ("@sum", "is a formula"),
        ("`" + "9" * 50, "`'" + "9" * 39 + "` is not a number"),
        ("-", ""),
        (".", "is not a number"),
    ):
        if reason:
            with pytest.raises(NotReadable, match=reason):
                read_length(text, ".")
    assert [decimal_sign(["1,5", "2.5"], counts) for counts in (["1.204"], ["1204"])] == [",", "."]


def test_the_header_is_the_line_with_the_most_known_names_and_merged_cells_above_complete_it(tmp_path):
    text = "Queue report;;;;\n;Calls;;\nQueue;Date;Interval;Offered;Answered;;\nA;26/11/2026;09:00;5;4\n"
    sheet = open_report(csv_file(tmp_path, text))
    assert (sheet.header, sheet.header_line) == (("Queue", "Date", "Interval", "Offered", "Answered"), 3)
    assert sheet.titles == ("Queue report",)
    assert sheet.separator == ";"
    assert [row for _, row in sheet.rows()] == [["A", "26/11/2026", "09:00", "5", "4"]]
    declared = "SEP=|\nQueue|Date, time|Interval|Offered\nA|26/11/2026|09:00|5\n"
    assert open_report(csv_file(tmp_path, declared)).separator == "|"


def test_columns_are_found_by_the_first_known_name_and_the_first_place():
    header = ["Id", "", "Number", "Número", "id"]
    assert columns_of(header, {"number": ["numero", "number"], "id": ["id"], "title": ["title"]}) == {
        "number": 3,
        "id": 0,
    }


def test_rows_of_totals_and_unknown_figures_are_left_out_in_every_shape(tmp_path):
    wide = (
        "Queue,Metric,2026-11-26 09:00,2026-11-26 09:15,2026-11-26 09:45\nA,Offered,10,12,7\nA,Moon phase,1,2,3\n"
        "Total,Offered,10,12,7\nA,Answered,-4,12,7\nA,AHT,300,,\n"
    )
    rows, left_out = read_file(csv_file(tmp_path, wide))
    assert [(figures(row).offered, figures(row).aht_s, row.interval_s) for row in rows] == [
        (10, 300, 900),
        (12, None, 900),
        (7, None, 900),
    ]
    assert [(reason.line, reason.reason) for reason in left_out] == [
        (3, "I do not know its figure"),
        (4, "I do not know its figure"),
        (5, "`-4` is negative"),
    ]
    long = (
        "Queue,Date,Interval,Offered\nA,26/11/2026,09:00,5\nTotal,26/11/2026,09:00,5\nA,Total,,5\nA,26/11/2026,Sum,5\n"
        "Subtotal A,,,x\nTotally new,26/11/2026,09:00,5\n"
    )
    rows, left_out = read_file(csv_file(tmp_path, long))
    assert [row.queue.queue for row in rows] == ["A", "Totally new"]
    assert left_out == [LeftOut(line, "a row of totals") for line in (3, 4, 5, 6)]


def test_an_average_that_the_file_has_is_kept_and_one_is_computed_only_from_what_is_known(tmp_path):
    text = (
        "Queue,Date,Interval,Answered,AHT,Total handle time\nA,26/11/2026,09:00,10,250,3000\n"
        "A,26/11/2026,09:30,10,,3000\nA,26/11/2026,10:00,10,,\nA,26/11/2026,10:30,,,3000\nA,26/11/2026,11:00,0,,0\n"
    )
    rows, _ = read_file(csv_file(tmp_path, text))
    assert [figures(row).aht_s for row in rows] == [250, 300, None, None, None]


def test_only_what_can_be_true_is_used_of_a_row():
    def used(starts_at: int = 0, **amounts: float) -> Figures | str:
        row = ReadRow(7, QueueName("A"), starts_at, 1800, tuple(amounts.get(name) for name in NAMES))
        result = usable.checked(row, 0)
        return result.reason if isinstance(result, LeftOut) else figures(result)

    assert used(answered=5, answered_in=5) == Figures(answered=5, answered_in=5)
    assert used(answered=5, answered_in=6) == usable.MORE_ANSWERED_IN_TIME
    assert used(abandoned=5, abandoned_in=6) == usable.MORE_ABANDONED_IN_TIME
    assert used(answered_in=6, abandoned_in=6) == Figures(answered_in=6, abandoned_in=6)
    plans = {"forecast_offered": 9.0, "forecast_aht_s": 8.0, "forecast_agents": 7.0, "agents_scheduled": 6.0}
    assert used(1, offered=5, agents=3, **plans) == Figures(**plans)
    assert used(1, offered=5) == usable.FUTURE
    assert used(0, offered=5) == Figures(offered=5)
    for name in ("offered", "answered", "abandoned"):
        row = ReadRow(7, QueueName("A"), 1, 1800, tuple(4 if each == name else None for each in NAMES))
        assert usable.has_contacts_to_come(row, 0)
        assert not usable.has_contacts_to_come(row, 1)
        assert not usable.has_contacts_to_come(row._replace(figures=(0,) * len(NAMES)), 0)
    assert usable.last_start(datetime(1970, 1, 1, tzinfo=UTC)) == 300
