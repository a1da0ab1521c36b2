"""Export of one incident: its record as JSON, tables for a spreadsheet, post-mortem, picture of its timeline."""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from bot import directory
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.registry import Registry, Rows
from bot.postmortems.facts import write_document
from bot.postmortems.rendering import NAMES, render
from bot.runtime.csv_file import to_csv
from bot.screens.timeline.pictures import picture_png
from bot.services import Services
from bot.slack.emoji import with_characters
from bot.timeline import timeline, wording

Files = dict[str, bytes]

TIMELINE = ("number", "at (UTC)", "kind", "who", "words", "marked")
FORMAT = "watchfloor-incident"
VERSION = 1
INCIDENTS = "incidents"
# Replaces customers' account data, which only few may see.
PRIVATE = "[private]"
Record = dict[str, Any]


class PrivateIncident(WatchfloorError):
    """Incident {number} is private, and its words would be written to files. If you want that, add `--private`."""


def build_files(services: Services, number: int, now: datetime, *, is_private_meant: bool = False) -> Files:
    """Return every file of one incident by file name.

    Raises `PrivateIncident` unless private incidents are meant, and `TryLater` if the picture of the timeline could
    not be drawn.
    """
    with services.database.reading() as session:
        incident = incidents.by_number(session, number)
        if incident.is_private and not is_private_meant:
            raise PrivateIncident(number=number)
        record = record_of(session, number, now)
        name_of = _DisplayNames(
            record["people"], directory.display_names(session, _mentioned_user_ids(session, number))
        )
        files = {
            "incident.json": json.dumps(record, ensure_ascii=False, indent=2).encode(),
            "timeline.csv": _csv(TIMELINE, _timeline(session, services, number, name_of)),
        }
        for export in services.get(Registry).exports:
            files[export.file] = _csv(export.header, export.rows(session, number, name_of))
    document = write_document(services, number, now)
    documents = {NAMES[kind].format(number=number): render(services.templates, document, kind) for kind in NAMES}
    files |= {name: text.encode() for name, text in documents.items()}
    return files | {"timeline.png": picture_png(services, number, now, name_of)}


def _csv(header: Sequence[str], rows: Rows) -> bytes:
    return to_csv(
        header, [[with_characters(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    )


class _DisplayNames:
    """People's names in the files: the display name, or the id if no name is known."""

    def __init__(self, *name_maps: dict[str, str]) -> None:
        self._names = {user_id: name for names in name_maps for user_id, name in names.items()}

    def __call__(self, user_id: str | None) -> str:
        return self._names.get(user_id or "", user_id or "")


def _mentioned_user_ids(session: Session, number: int) -> set[str]:
    return {user_id for entry in timeline.entries(session, number) for user_id in wording.user_ids_in(entry.facts)}


def _timeline(session: Session, services: Services, number: int, name_of: _DisplayNames) -> Rows:
    language = services.floor.language
    return [
        (
            entry.number,
            entry.at,
            entry.kind,
            name_of(entry.actor_id),
            wording.full_sentence(entry, name_of, language),
            "yes" if entry.is_marked else "",
        )
        for entry in timeline.entries(session, number)
    ]


def record_of(session: Session, number: int, now: datetime) -> Record:
    """Return the incident and every row that belongs to it. `docs/records.md` describes the format."""
    tables = {table.name: _rows(session, table, of_incident(table, number)) for table in tables_of_incidents()}
    (incident,) = tables.pop(INCIDENTS)
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": _json_value(now),
        "incident": incident,
        "people": directory.display_names(session, people_in(tables, incident)),
        "tables": tables,
    }


def tables_of_incidents() -> Sequence[sa.Table]:
    """Every table whose rows belong to an incident: by an incident id, or by a key to a row that has one."""
    tables: dict[str, sa.Table] = {}
    for table in SQLModel.metadata.sorted_tables:
        if table.name == INCIDENTS or "incident_id" in table.columns or _parent(table, tables) is not None:
            tables[table.name] = table
    return list(tables.values())


def _parent(table: sa.Table, tables: dict[str, sa.Table]) -> sa.ForeignKey | None:
    """The foreign key to the row that this row belongs to, preferably one that is never null."""
    candidates = [key for key in table.foreign_keys if key.column.table.name in tables]
    return min(candidates, key=lambda key: (bool(key.parent.nullable), key.parent.name), default=None)


def of_incident(table: sa.Table, number: int) -> sa.ColumnElement[bool]:
    """The condition that a row of the table belongs to the incident."""
    if table.name == INCIDENTS:
        return table.c.id == number
    if "incident_id" in table.columns:
        return table.c.incident_id == number
    parent_key = _parent(table, {parent_table.name: parent_table for parent_table in tables_of_incidents()})
    assert parent_key is not None
    parents = sa.select(parent_key.column).where(of_incident(parent_key.column.table, number))
    return parent_key.parent.in_(parents)


def _rows(session: Session, table: sa.Table, condition: sa.ColumnElement[bool]) -> list[Record]:
    rows = session.connection().execute(sa.select(table).where(condition).order_by(*table.primary_key.columns))
    private = {column.name for column in table.columns if column.info.get("is_private")}
    return [
        {name: PRIVATE if name in private else _json_value(value) for name, value in row._mapping.items()}
        for row in rows
    ]


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def people_in(tables: dict[str, list[Record]], incident: Record) -> set[str]:
    """Every person whose id appears in a row."""
    rows = [incident, *(row for table_rows in tables.values() for row in table_rows)]
    return {
        value
        for row in rows
        for name, value in row.items()
        if isinstance(value, str) and name.endswith(("_id", "_by")) and value.startswith(("U", "W"))
    }
