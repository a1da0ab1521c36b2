"""Another writer keeps the SQLite database locked, and the bot waits for it as long as it does, or only briefly."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa

from bot.runtime.database import Database

BRIEFLY_MS = 50


@contextmanager
def locked_database(database: Database) -> Iterator[None]:
    """Keep the database locked by another writer."""
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@contextmanager
def brief_lock_waits(database: Database) -> Iterator[None]:
    """Let SQLite wait for a lock only briefly, where a test is about what follows and not about the wait itself."""

    def shorten_wait(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={BRIEFLY_MS}")

    sa.event.listen(database.engine, "checkout", shorten_wait)
    try:
        yield
    finally:
        sa.event.remove(database.engine, "checkout", shorten_wait)
        # New connections have the usual wait again.
        database.engine.dispose()
