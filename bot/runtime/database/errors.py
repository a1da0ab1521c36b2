"""What a user is told when the database does not answer or cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import WatchfloorError


class DatabaseBusy(WatchfloorError):
    """Watchfloor's database did not answer, and nothing was changed. Please try again in a moment."""


class DatabaseRefused(DatabaseBusy):
    """Watchfloor's database cannot be used now, and nothing was changed. Please tell an administrator: the log says
    why."""


class ChangeUnknown(WatchfloorError):
    """Watchfloor's database stopped answering, so I do not know whether that was done. Please look before you try
    again."""


class NumberTooLarge(WatchfloorError):
    """A number is too large, and nothing was changed. Look at what you typed, and try again."""

    es = "Un número es demasiado grande, y no se cambió nada. Revisa lo que escribiste y prueba otra vez."


class DatabaseUnusable(WatchfloorError):
    """The database cannot be used: {reason}. Look at WATCHFLOOR_DATABASE_URL: the address, the name and password in
    it, whether it runs, and whether its folder may be written."""


# The causes for which trying again soon may help: of SQLite, locks; of PostgreSQL, a lost connection, a deadlock or
# serialization failure, too many connections, a lock not available, and a server that ends or cancels.
SQLITE_TEMPORARY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
POSTGRESQL_TEMPORARY = ("08", "40", "53", "55P03", "57")
POSTGRESQL_DISK_FULL = "53100"


def is_temporary(refused: DBAPIError) -> bool:
    """True if the database was busy or its connection lost; False if it is full, damaged or of another version."""
    code, state = getattr(refused.orig, "sqlite_errorcode", None), getattr(refused.orig, "sqlstate", None)
    if code is not None:
        return code & 0xFF in SQLITE_TEMPORARY  # the rest of the bits says more about it
    return not state or (state != POSTGRESQL_DISK_FULL and state.startswith(POSTGRESQL_TEMPORARY))


@contextmanager
def unusable_as_sentence() -> Iterator[None]:
    """Raise `DatabaseUnusable`, which gives the reason in a sentence, if a database cannot be opened."""
    try:
        yield
    except (SQLAlchemyError, OSError) as refused:
        raise DatabaseUnusable(reason=reason_of(refused).rstrip(".")) from refused


def reason_of(refused: Exception) -> str:
    """The first line of what the database or the system says."""
    text = str(getattr(refused, "orig", None) or getattr(refused, "strerror", None) or refused)
    return text.strip().splitlines()[0]
