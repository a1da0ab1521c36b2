"""SQLite without waiting for the disk: the tests kill processes, never the machine, so waiting would prove nothing.

A commit takes 0.03 ms of the processor instead of 0.35, and 0.2 ms of time instead of 5.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa

from bot.runtime.database import wal_sync

SET = "does not wait for the disk"


@sa.event.listens_for(sa.Pool, "checkout")
def _without_waiting(connection: Any, record: Any, *_: Any) -> None:
    # At the first checkout: the bot's own setting follows the connection's opening.
    if isinstance(connection, sqlite3.Connection) and not record.info.get(SET):
        connection.execute("PRAGMA synchronous=OFF")
        record.info[SET] = True


wal_sync.flush = lambda descriptor: None
