"""Durable commits in SQLite: transactions that were committed at the same time wait for the disk together.

SQLite itself would wait inside the lock that lets one writer in, each transaction alone. Instead it writes its log
without waiting (`synchronous=NORMAL`), and this waits afterwards, before anybody is told what was committed.
"""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

# Without the file's times, which nobody needs; macOS has only the longer one.
flush = getattr(os, "fdatasync", os.fsync)


class WalSync:
    """The wait for the disk of one database's log."""

    def __init__(self, database: str) -> None:
        self._log = Path(f"{database}-wal")
        self._turn = threading.Lock()
        # Waits for the disk are numbered; one of them serves everybody who came before it began.
        self._begun = self._ended = self._failed = 0

    def wait(self) -> None:
        """Returns when all that this thread has committed is on the disk; `OSError` when it may not be."""
        needed = self._begun + 1
        with self._turn:
            if self._ended < needed:
                self._begun += 1
                self._flush_log()
            elif needed <= self._failed:
                # Another attempt could succeed although the disk has lost what this one was for.
                raise OSError("the disk did not take what was committed")

    def _flush_log(self) -> None:
        try:
            # Without a log the last connection that closed has brought everything into the database.
            with suppress(FileNotFoundError):
                # Only the log may be opened: closing the database's own file would give up SQLite's locks on it.
                log = os.open(self._log, os.O_RDONLY)
                try:
                    flush(log)
                finally:
                    os.close(log)
        except OSError:
            self._failed = self._begun
            raise
        finally:
            self._ended = self._begun


def synced_connection(wal_sync: WalSync) -> type[sqlite3.Connection]:
    """A connection whose `commit` returns when the disk has it, for an engine whose transactions are not ours."""

    class SyncedConnection(sqlite3.Connection):
        def commit(self) -> None:
            has_changed = self.in_transaction
            super().commit()
            if has_changed:
                wal_sync.wait()

    return SyncedConnection
