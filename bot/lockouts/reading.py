"""Reading files of locked accounts: columns are recognised by name; unusable rows are reported by line.

Only the columns named here are read: a password or token in another column is ignored.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.lockouts.recording import AccountChange
from bot.lockouts.rules import Release
from bot.sources.port import LockoutKind
from bot.sources.tabular.cells import NotReadable, is_unknown
from bot.sources.tabular.moments import Clock, read_start, says_day_first
from bot.sources.tabular.names import normalized
from bot.sources.tabular.sheet import Header, Sheet, columns_of, has_header, open_sheet

MOST_ROWS = 5_000
LONGEST = 100
REASONS_SHOWN = 5

COLUMNS = {
    "login": (
        *("login", "user login", "username", "user name", "user", "user principal name", "upn", "email", "e mail"),
        *("mail", "agent", "agent id", "account", "usuario", "agente", "correo", "cuenta"),
    ),
    "at": (
        *("locked at", "lockout time", "lock time", "locked on", "locked since", "lockout date", "time locked"),
        *("bloqueado desde", "hora de bloqueo", "fecha de bloqueo", "bloqueada desde"),
    ),
    "partner": ("partner", "bpo", "vendor", "outsourcer", "company", "proveedor", "socio"),
    "release": ("release", "lock type", "lockout type", "unlocks", "desbloqueo", "tipo de bloqueo"),
    "state": (
        "lock status",
        "lockout status",
        "account status",
        "locked",
        "locked out",
        "estado de bloqueo",
        "bloqueado",
    ),
    "id": ("event id", "uuid", "id", "lockout id"),
    "user_id": ("user id", "okta id", "object id"),
}
# Any of these shows that the file is about lockouts, not shifts or cases.
TELLING = ("at", "release", "state")
RELEASES = {
    Release.ITSELF: ("itself", "auto", "automatic", "temporary", "soft", "solo", "automatico", "temporal"),
    Release.ADMINISTRATOR: ("administrator", "admin", "permanent", "hard", "limit", "administrador"),
    Release.DIRECTORY: ("directory", "ad", "active directory", "ldap", "directorio"),
}
IS_LOCKED = ("locked", "locked out", "lockedout", "true", "yes", "1", "bloqueado", "bloqueada", "si")


class ReadLockouts(Struct):
    """The contents of a file; `left_out` has each omitted line with the reason."""

    rows: list[AccountChange] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)


def _score(cells: Sequence[str]) -> int:
    columns = columns_of(cells, COLUMNS)
    return len(columns) if "login" in columns and any(name in columns for name in TELLING) else 0


HEADER = Header(_score, "Login, Locked at, Partner and Release")


def is_table_of_lockouts(path: Path) -> bool:
    """True if the file has logins, and when or how they were locked."""
    return has_header(path, HEADER)


def read_lockouts(path: Path, zone: str, now: datetime, partner: str = "") -> ReadLockouts:
    """Read every locked account of a file. Times without a zone are in `zone`; rows without a time are locked now.

    `partner` is used for rows that name none. Raises `FileRefused`.
    """
    sheet = open_sheet(path, HEADER)
    reader = _Reader(sheet, zone, now, partner)
    result = ReadLockouts()
    for line, cells in sheet.rows():
        if len(result.rows) >= MOST_ROWS:
            result.left_out.append((line, f"more than {MOST_ROWS:,} rows are not read at once"))
            break
        try:
            result.rows.append(reader.row(cells))
        except NotReadable as reason:
            result.left_out.append((line, str(reason)))
    return result


def left_out_lines(result: ReadLockouts) -> list[str]:
    """Lines about the omitted rows, the first few with their reasons."""
    lines = [f"Line {line} is left out: {reason}." for line, reason in result.left_out[:REASONS_SHOWN]]
    more = len(result.left_out) - len(lines)
    return [*lines, f"{more} more rows are left out."] if more else lines


class _Reader:
    """Reads the rows of one file, whose dates all have the same order of day and month."""

    def __init__(self, sheet: Sheet, zone: str, now: datetime, partner: str) -> None:
        self._columns, self._now, self._partner = columns_of(sheet.header, COLUMNS), now, partner
        column = self._columns.get("at")
        dates = [cells[column] for _, cells in sheet.rows() if column is not None and column < len(cells)]
        self._day_first = says_day_first(dates)
        self._clock = Clock(ZoneInfo(zone))
        self._digest = hashlib.sha256(sheet.path.read_bytes()).hexdigest()[:16]

    def row(self, cells: Sequence[str]) -> AccountChange:
        """A row as a lockout. Raises `NotReadable` with the reason."""
        login = self._text(cells, "login")
        if not login:
            raise NotReadable("it names no login")
        state = self._text(cells, "state")
        if state and normalized(state) not in IS_LOCKED:
            raise NotReadable(f"the account is not locked ({state})")
        at = self._moment(cells)
        # A row without a time is identified by its file; a row with a time is the same row in later files.
        occasion = at.isoformat() if at else self._digest
        return AccountChange(
            external_id=self._text(cells, "id") or f"{login.casefold()}@{occasion}",
            user_id=self._text(cells, "user_id") or login.casefold(),
            login=login,
            kind=LockoutKind.LOCKED,
            at=at or self._now,
            partner=self._text(cells, "partner") or self._partner,
            release=self._release(cells),
        )

    def _text(self, cells: Sequence[str], name: str) -> str:
        column = self._columns.get(name)
        text = " ".join(cells[column].split())[:LONGEST] if column is not None and column < len(cells) else ""
        return "" if is_unknown(text) else text

    def _moment(self, cells: Sequence[str]) -> datetime | None:
        text = self._text(cells, "at")
        if not text:
            return None
        start = read_start(text, "", day_first=self._day_first is not False)
        at = datetime.fromtimestamp(self._clock.moment(start.at, None), self._now.tzinfo)
        if at > self._now:
            zone = "" if start.at.tzinfo else f", read as {self._clock.zone.key}"
            raise NotReadable(f"it was locked in the future ({text}{zone})")
        return at

    def _release(self, cells: Sequence[str]) -> Release:
        text = normalized(self._text(cells, "release"))
        return next((release for release, names in RELEASES.items() if text in names), Release.ADMINISTRATOR)
