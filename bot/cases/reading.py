"""Reads files of cases: columns are recognised by name; rows that cannot be read are listed with their lines."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.cases.columns import NAMES, TRAITS
from bot.cases.rows import CaseRow
from bot.cases.rules.states import ENDED, phase_of
from bot.sources.tabular.cells import NotReadable, is_unknown, read_length
from bot.sources.tabular.moments import Clock, read_start, says_day_first
from bot.sources.tabular.names import normalized
from bot.sources.tabular.sheet import Header, Sheet, columns_of, has_header, open_sheet

MOST_ROWS = 200_000
LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 300, 8_000, 200

KINDS = {"change": "change", "change request": "change", "task": "task", "sc task": "task", "case task": "task"}
MOMENTS = ("opened_at", "updated_at", "started_at", "resolved_at", "closed_at")
# `3`, `3 - Moderate`, `P3`, `Sev 3`, `S3`, `Priority 3`.
_NUMBERED = re.compile(r"(?:p|s|sev|severity|severidad|prio|priority|prioridad)? ?([1-5])(?!\d)")
PRIORITIES = {"critical": "P1", "urgent": "P1", "high": "P2", "moderate": "P3", "medium": "P3", "normal": "P3"}


class LeftOut(Struct, frozen=True):
    """A row that was left out, with its line and the reason."""

    line: int
    reason: str


class ReadCases(Struct):
    """The content of a file."""

    rows: list[CaseRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    # The zone of times that name none.
    zone: str = "UTC"
    unknown_priorities: set[str] = field(default_factory=set)

    @property
    def cases(self) -> int:
        """The number of cases, as a file may have a row for every change."""
        return len({row.external_id for row in self.rows})


def _score(cells: Sequence[str]) -> int:
    columns = columns_of(cells, NAMES)
    return len(columns) if {"external_id", "opened_at"} <= set(columns) else 0


HEADER = Header(_score, "Number, Opened at, Priority and State")


def is_table_of_cases(path: Path) -> bool:
    """True if the file has columns for a case's number and when it was opened."""
    return has_header(path, HEADER)


def read_cases(path: Path, zone: str) -> ReadCases:
    """Read every case of a file; times without a zone are in `zone`. Raises `FileRefused`."""
    sheet = open_sheet(path, HEADER)
    columns = columns_of(sheet.header, NAMES)
    names = {name: sheet.header[position] for name, position in columns.items()}
    result = ReadCases(columns=names, zone=zone)
    reader = _Reader(sheet, columns, zone)
    for line, cells in sheet.rows():
        if len(result.rows) >= MOST_ROWS:
            result.left_out.append(LeftOut(line, f"more than {MOST_ROWS:,} rows are not read at once"))
            break
        try:
            row = reader.row(cells)
            result.rows.append(row)
            if not row.priority and (typed_priority := reader.priority_text(cells)):
                result.unknown_priorities.add(typed_priority)
        except NotReadable as reason:
            result.left_out.append(LeftOut(line, str(reason)))
    return result


class _Reader:
    """Reads the rows of one file, whose dates all have the same order of day and month."""

    def __init__(self, sheet: Sheet, columns: dict[str, int], zone: str) -> None:
        self._columns = columns
        self._day_first = says_day_first(self._dates(sheet))
        self._clock = Clock(ZoneInfo(zone))

    def _dates(self, sheet: Sheet) -> Iterator[str]:
        positions = [self._columns[name] for name in MOMENTS if name in self._columns]
        for _, cells in sheet.rows():
            yield from (cells[position] for position in positions if position < len(cells))

    def row(self, cells: Sequence[str]) -> CaseRow:
        """Convert a row to a case. Raises `NotReadable` with the reason."""
        number, opened_at = self._text(cells, "external_id", LONGEST_NAME), self._moment(cells, "opened_at")
        if not number or opened_at is None:
            raise NotReadable("it has no number, or does not say when it was opened")
        state = self._text(cells, "state", LONGEST_NAME)
        ended_at = self._moment(cells, "resolved_at") or self._moment(cells, "closed_at")
        has_ended = phase_of(state) in ENDED
        changed_at = self._moment(cells, "updated_at") or (ended_at if has_ended else None)
        return CaseRow(
            external_id=number,
            opened_at=opened_at,
            updated_at=changed_at or opened_at,
            is_dated=changed_at is not None,
            name=self._text(cells, "name", LONGEST_NAME) or number,
            kind=KINDS.get(normalized(self._text(cells, "kind", LONGEST_NAME)), "case"),
            title=self._text(cells, "title", LONGEST_TITLE),
            text=self._text(cells, "text", LONGEST_TEXT),
            customer=self._text(cells, "customer", LONGEST_NAME),
            priority=priority_of(self.priority_text(cells)),
            region=self._text(cells, "region", LONGEST_NAME),
            team=self._text(cells, "team", LONGEST_NAME),
            owner=self._text(cells, "owner", LONGEST_NAME),
            state=state,
            started_at=self._moment(cells, "started_at"),
            target=self._length(cells, "target"),
            schedule=self._text(cells, "schedule", LONGEST_NAME),
            # In a log of changes, rows from before the end may have the end time, too.
            ended_at=ended_at if has_ended else None,
            reopened=self._count(cells, "reopened"),
            url=_address(self._text(cells, "url", 500)),
            traits={name: self._text(cells, name, LONGEST_NAME) for name in TRAITS if name in self._columns},
        )

    def priority_text(self, cells: Sequence[str]) -> str:
        """The priority as the file names it."""
        return self._text(cells, "priority", LONGEST_NAME)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        position = self._columns.get(name)
        text = cells[position] if position is not None and position < len(cells) else ""
        return "" if is_unknown(text) else text

    def _text(self, cells: Sequence[str], name: str, longest: int) -> str:
        return " ".join(self._cell(cells, name).split())[:longest]

    def _count(self, cells: Sequence[str], name: str) -> int:
        text = self._cell(cells, name).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0

    def _moment(self, cells: Sequence[str], name: str) -> datetime | None:
        text = self._cell(cells, name)
        if not text:
            return None
        at = read_start(text, "", day_first=self._day_first is not False).at
        return datetime.fromtimestamp(self._clock.moment(at, name), UTC)

    def _length(self, cells: Sequence[str], name: str) -> timedelta | None:
        text = self._cell(cells, name)
        seconds = read_length(text, ".", 60.0) if text else None
        return timedelta(seconds=seconds) if seconds else None


def _address(text: str) -> str:
    return text if text.startswith("https://") and not any(sign in text for sign in "<>| ") else ""


PRIORITIES |= {"low": "P4", "planning": "P5"}
PRIORITIES |= {"critica": "P1", "critico": "P1", "urgente": "P1", "alta": "P2", "alto": "P2", "moderada": "P3"}
PRIORITIES |= {"moderado": "P3", "media": "P3", "medio": "P3", "baja": "P4", "bajo": "P4", "planificacion": "P5"}


def priority_of(text: str) -> str:
    """`3 - Moderate`, `P3`, `Sev3`, `Critical` as P1 to P5; empty when it is none."""
    name = normalized(text)
    if match := _NUMBERED.match(name):
        return f"P{match[1]}"
    return PRIORITIES.get(name.partition(" ")[0], "")
