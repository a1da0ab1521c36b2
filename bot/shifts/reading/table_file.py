"""Reads rosters from spreadsheets: one shift per row, with columns for person, role, day and times."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.shifts.reading.rows import MOST_SHIFTS, Defaults, LeftOut, ReadShift, RosterTooLong, objection, read_line
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.moments import Clock, Local, read_date, read_start, says_day_first, split_range
from bot.sources.tabular.names import normalized
from bot.sources.tabular.sheet import Header, Sheet, open_sheet


class Column(StrEnum):
    """The meaning of a column of a roster."""

    PERSON = "person"
    ROLE = "role"
    REGION = "region"
    SITE = "site"
    ZONE = "zone"
    DAY = "day"
    START = "start"
    END = "end"
    ID = "id"


NAMES = {
    Column.PERSON: ("person", "name", "agent", "employee", "e mail", "email", "who", "persona", "nombre", "correo"),
    Column.ROLE: ("role", "skill", "position", "job", "rol", "puesto", "activity"),
    Column.REGION: ("region", "región"),
    Column.SITE: ("site", "location", "office", "sede", "sitio"),
    Column.ZONE: ("zone", "time zone", "timezone", "tz", "zona horaria"),
    Column.DAY: ("date", "day", "shift date", "fecha", "día"),
    Column.START: ("start", "from", "begin", "begins", "start time", "shift start", "starts at", "inicio", "desde"),
    Column.END: ("end", "to", "until", "end time", "shift end", "ends at", "fin", "hasta"),
    Column.ID: ("id", "shift id", "external id"),
}
COLUMN_BY_NAME = {normalized(name): column for column, names in NAMES.items() for name in names}
NEEDED = {Column.PERSON, Column.START}


def header_score(names: Sequence[str]) -> int:
    """How many known columns a line names; 0 if the person or the start is not among them."""
    named_columns = {COLUMN_BY_NAME[normalized(name)] for name in names if normalized(name) in COLUMN_BY_NAME}
    return len(named_columns) if named_columns >= NEEDED else 0


HEADER = Header(header_score, "*Person*, *Role*, *Region*, *Date*, *Start* and *End*")


class Row(Struct, frozen=True):
    """The cells of a row, by column."""

    line: int
    cells: dict[Column, str]

    def __getitem__(self, column: Column) -> str:
        return self.cells.get(column, "").strip()


def read_table(
    name: str, path: Path, defaults: Defaults, start: datetime, end: datetime
) -> Iterator[ReadShift | LeftOut]:
    """Every shift of a file that touches the time from `start` to `end`. Raises `FileRefused`, `RosterTooLong`."""
    sheet = open_sheet(path, HEADER)
    rows = list(_rows(sheet))
    day_first = says_day_first(text for row in rows for text in (row[Column.DAY], row[Column.START])) is not False
    clocks: dict[str, Clock] = {}
    count = 0
    for row in rows:
        result = _read_row(row, defaults, clocks, day_first=day_first)
        if isinstance(result, LeftOut):
            yield result
        elif result.ends_at > start and result.starts_at < end:
            count += 1
            if count > MOST_SHIFTS:
                raise RosterTooLong(name=name, most=MOST_SHIFTS)
            yield result


def _rows(sheet: Sheet) -> Iterator[Row]:
    columns = [COLUMN_BY_NAME.get(normalized(name)) for name in sheet.header]
    for line, cells in sheet.rows():
        cells_by_column = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        yield Row(line, cells_by_column)


def _read_row(row: Row, defaults: Defaults, clocks: dict[str, Clock], *, day_first: bool) -> ReadShift | LeftOut:
    where = f"line {row.line}"
    text = f"{row[Column.ROLE]} {row[Column.PERSON]}"
    row_defaults = Defaults(defaults.zone, defaults.role, defaults.region, defaults.roles, defaults.people)
    line = read_line(text, row_defaults, row[Column.PERSON])
    if isinstance(line, str):
        return LeftOut(where, line)
    if not row[Column.PERSON]:
        return LeftOut(where, "names nobody")
    try:
        zone = _zone(row[Column.ZONE] or defaults.zone)
        starts_at, ends_at = _times(row, clocks.setdefault(zone, Clock(ZoneInfo(zone))), day_first=day_first)
    except NotReadable as error:
        return LeftOut(where, str(error))
    if reason := objection(starts_at, ends_at):
        return LeftOut(where, reason)
    person = row[Column.PERSON].casefold() if "@" in row[Column.PERSON] else row[Column.PERSON]
    external_id = row[Column.ID] or f"{person} {line.role} {starts_at:%Y%m%dT%H%M}"
    region = row[Column.REGION] or line.region
    return ReadShift(external_id, person, line.role, region, row[Column.SITE], zone, starts_at, ends_at)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):
        raise NotReadable(f"`{name[:40]}` is not a time zone; write it like `Europe/Madrid`") from None


def _times(row: Row, clock: Clock, *, day_first: bool) -> tuple[datetime, datetime]:
    """The start and end; an end without a date is the next such time after the start."""
    start_text, until = split_range(row[Column.START])
    start = read_start(row[Column.DAY] or start_text, start_text if row[Column.DAY] else "", day_first=day_first)
    end_text = until or row[Column.END]
    if not end_text:
        raise NotReadable("has no end" if ":" in start_text else "is a whole day; give it a start and an end")
    end = _end(end_text, start.at, day_first=day_first)
    return _moment(clock, start.at, row.line), _moment(clock, end, row.line)


def _end(text: str, start: datetime, *, day_first: bool) -> datetime:
    if text.strip() == "24:00":
        return datetime.combine(start.date() + timedelta(days=1), time(0), start.tzinfo)
    try:
        day: date | None = read_date(text.split()[0].split("T")[0], day_first=day_first)
    except NotReadable:
        day = None
    if day is not None:
        return read_start(text, "", day_first=day_first).at
    end = read_start(f"{start:%Y-%m-%d}", text, day_first=day_first).at.replace(tzinfo=start.tzinfo)
    return end if end > start else end + timedelta(days=1)


def _moment(clock: Clock, local: datetime, line: int) -> datetime:
    return datetime.fromtimestamp(clock.moment(Local(local).at, line), UTC)
