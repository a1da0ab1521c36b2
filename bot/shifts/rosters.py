"""Reads the rosters named in floor.yaml, from files next to it and from addresses, and imports changes."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlmodel import Session

from bot import outbox
from bot.config.floor import Floor, Roster
from bot.config.settings import Settings
from bot.directory.administrators import administrators_channel_id
from bot.errors import WatchfloorError
from bot.runtime.clock import utcnow
from bot.runtime.database import upsert
from bot.runtime.network import Network
from bot.services import Services
from bot.shifts import importing, tables
from bot.shifts.comparing import Result
from bot.shifts.importing import AHEAD, BACK, OnImported, Reading
from bot.shifts.reading.calendar_file import read_calendar
from bot.shifts.reading.rows import Defaults, LeftOut, ReadShift, RosterUnreadable, objection
from bot.shifts.reading.table_file import read_table
from bot.shifts.tables import RosterState
from bot.shifts.wording import translator
from bot.slack.text import escape
from bot.sources.answers import no_answer
from bot.sources.port import Shift
from bot.sources.published import REDIRECTS, handed_out_at, host_of, hosts_of

if TYPE_CHECKING:
    import httpx


log = logging.getLogger(__name__)

EVERY_S = 300
LARGEST_BYTES = 10_000_000
OK = 200


class RosterFolder(Struct, frozen=True):
    """The folder of roster files, next to floor.yaml."""

    path: Path

    @classmethod
    def of(cls, settings: Settings, floor: Floor) -> "RosterFolder":
        return cls(settings.floor_file.resolve().parent)


def read_all(services: Services) -> None:
    """Read every roster; one that cannot be read leaves its shifts as they are and is reported once."""
    shifts = services.floor.shifts
    if shifts.needs or shifts.contact:
        # Having no roster at all is a gap, too.
        with services.database.transaction() as session:
            tables.begin(session, utcnow())
    for roster in shifts.rosters:
        try:
            read_one(services, roster, utcnow())
        except WatchfloorError as refusal:
            _report(services, roster.name, refusal.sentence_in(services.floor.language), utcnow())


def read_one(services: Services, roster: Roster, now: datetime) -> Result | None:
    """Read and import a roster; None if nothing changed since the last time."""
    content = content_of(roster, services.get(RosterFolder).path, services.slack.network)
    return import_content(services, roster, roster.file or roster.address.partition("?")[0], content, "", now)


def import_content(
    services: Services,
    roster: Roster,
    file_name: str,
    content: bytes,
    by: str,
    now: datetime,
    on_imported: OnImported = lambda session, result: None,
) -> Result | None:
    """Import a roster's content at least once a day, as recurring shifts come into view; None if unchanged.

    `on_imported` is called in the last transaction of the import.
    """
    settings = f"{roster!r} {services.floor.shifts.roles!r} {services.floor.shifts.people!r} {now:%Y-%m-%d}"
    digest = hashlib.sha256(content + settings.encode()).hexdigest()[:32]
    with services.database.reading() as session:
        state = session.get(RosterState, roster.name)
    if state and state.content_hash == digest and not state.error:
        return None
    entries = list(parse(roster.name, file_name, content, defaults_of(services.floor, roster), now))
    return importing.import_roster(services, Reading(roster.name, entries, by, now, digest), on_imported)


def defaults_of(floor: Floor, roster: Roster) -> Defaults:
    """The default values for the lines of a roster."""
    return Defaults(roster.zone, roster.role.casefold(), roster.region, floor.shifts.roles, floor.shifts.people)


def parse(
    name: str, file_name: str, content: bytes, defaults: Defaults, now: datetime
) -> Iterator[ReadShift | LeftOut]:
    """Read the shifts of a file, whether it is a calendar or a table."""
    day = datetime(now.year, now.month, now.day, tzinfo=UTC)
    window = day - BACK, day + AHEAD
    if content.lstrip()[:15].upper().startswith(b"BEGIN:VCALENDAR") or file_name.lower().endswith(".ics"):
        yield from read_calendar(name, content, defaults, *window)
        return
    with TemporaryDirectory(prefix="roster-") as folder:
        path = Path(folder) / (Path(file_name).name or "roster")
        path.write_bytes(content)
        yield from read_table(name, path, defaults, *window)


def _report(services: Services, name: str, sentence: str, now: datetime) -> None:
    channel_id = administrators_channel_id(services)
    log.warning("a roster could not be read", extra={"roster": name, "reason": sentence})
    with services.database.transaction() as session:
        state = session.get(RosterState, name)
        if state and state.error == sentence:
            return
        tables.roster_changed(session, now)
        if channel_id:
            key = f"roster:{name}:{now.isoformat()}"
            translate = translator(services.floor.language)
            outbox.post(session, key, channel_id, f"⚠️ {translate('Roster {what}', what=escape(sentence))}", now)
        if state is None:
            # The empty hash makes the next reading count as the first, which tells nobody of new shifts.
            upsert(session, RosterState(name=name, content_hash="", read_at=now, error=sentence))
        else:
            state.error = sentence


def take_shifts(session: Session, services: Services, source: str, key: str, rows: Sequence[Shift]) -> None:
    """Replace the source's roster with these rows; without a change of rows or settings, at most once a day."""
    now = utcnow()
    settings = f"{services.floor.shifts.roles!r} {services.floor.shifts.people!r} {now:%Y-%m-%d}"
    content = hashlib.sha256(f"{sorted(map(repr, rows))} {settings}".encode()).hexdigest()[:32]
    state = session.get(RosterState, source)
    if state is None or state.content_hash != content or state.error:
        reading = Reading(source, list(_read_rows(rows, services.floor)), "", now, content)
        importing.replace_shifts(session, services, reading)


def _read_rows(rows: Sequence[Shift], floor: Floor) -> Iterator[ReadShift | LeftOut]:
    titles = {title.casefold(): name for name, title in floor.shifts.roles.items()}
    for row in rows:
        role = titles.get(row.role.casefold(), row.role.casefold())
        reason = objection(row.starts_at, row.ends_at)
        if role not in floor.shifts.roles:
            role_names = ", ".join(sorted(floor.shifts.roles)) or "none yet"
            reason = f"names no role of floor.yaml (`shifts: roles`: {role_names})"
        if reason:
            yield LeftOut(f"{row.person}, {row.starts_at:%d %B %Y %H:%M} UTC", reason)
        else:
            yield ReadShift(
                external_id=row.external_id,
                person=row.person.casefold() if "@" in row.person else row.person,
                role=role,
                region=row.region,
                site=row.site,
                zone=row.zone,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
            )


def content_of(roster: Roster, folder: Path, network: Network) -> bytes:
    """Return the current content of the roster. Raises `RosterUnreadable`."""
    roster_content = (
        _content_of_file(roster, folder / roster.file) if roster.file else _content_of_address(roster, network)
    )
    if len(roster_content) > LARGEST_BYTES:
        raise RosterUnreadable(name=roster.name, reason=f"it has more than {LARGEST_BYTES // 1_000_000} MB")
    return roster_content


def _content_of_file(roster: Roster, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise RosterUnreadable(name=roster.name, reason=error.strerror or type(error).__name__) from error


def _content_of_address(roster: Roster, network: Network) -> bytes:
    # Imported only if a roster is read from an address.
    import httpx

    from bot.runtime.outgoing import AddressRefused, Reach, client

    hosts = hosts_of(roster.address)
    reach = Reach.of(roster.address, roster.allow_networks, is_insecure=roster.insecure, hosts=hosts)
    try:
        with client(network, reach) as http:
            return _get_content(roster, http)
    except AddressRefused as refusal:
        raise RosterUnreadable(name=roster.name, reason=refusal.sentence.rstrip(".")) from refusal
    except httpx.HTTPError as error:
        reason = f"its address does not answer ({no_answer(error)})"
        raise RosterUnreadable(name=roster.name, reason=reason) from error


def _get_content(roster: Roster, http: "httpx.Client") -> bytes:
    response = http.get(roster.address)
    if response.status_code in REDIRECTS and (address := handed_out_at(response)):
        response = http.get(address)
    if response.status_code in REDIRECTS:
        reason = f"it leads to {host_of(response)}; write that address into floor.yaml if it is meant"
        raise RosterUnreadable(name=roster.name, reason=reason)
    if response.status_code != OK:
        raise RosterUnreadable(name=roster.name, reason=f"its address answers {response.status_code}")
    return response.content
