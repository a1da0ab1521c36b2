"""Export of one incident: its record as JSON, tables for a spreadsheet, post-mortem, picture of its timeline."""

import json
from datetime import datetime

from sqlmodel import Session

from bot import directory
from bot.errors import WatchfloorError
from bot.incidents import incidents
from bot.incidents.registry import Registry, Rows
from bot.postmortems.facts import write_document
from bot.postmortems.rendering import NAMES, render
from bot.runtime.csv_file import to_csv
from bot.screens.records import export_record
from bot.screens.timeline.pictures import picture_png
from bot.services import Services
from bot.timeline import timeline, wording

Files = dict[str, bytes]

TIMELINE = ("number", "at (UTC)", "kind", "who", "words", "marked")


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
        record = export_record.record(session, number, now)
        name_of = _DisplayNames(
            record["people"], directory.display_names(session, _mentioned_user_ids(session, number))
        )
        files = {
            "incident.json": json.dumps(record, ensure_ascii=False, indent=2).encode(),
            "timeline.csv": to_csv(TIMELINE, _timeline(session, services, number, name_of)),
        }
        for export in services.get(Registry).exports:
            files[export.file] = to_csv(export.header, export.rows(session, number, name_of))
    document = write_document(services, number, now)
    documents = {NAMES[kind].format(number=number): render(services.templates, document, kind) for kind in NAMES}
    files |= {name: text.encode() for name, text in documents.items()}
    return files | {"timeline.png": picture_png(services, number, now, name_of)}


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
