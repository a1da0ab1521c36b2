"""Durable commits in SQLite: transactions committed at the same time wait for the disk together.

SQLite itself would wait while holding the write lock, for each transaction separately. Instead, it writes its log
without waiting (`synchronous=NORMAL`), and this module waits afterwards, before any caller is told of the commit.
"""

import os
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

# `fdatasync` skips the file's times, which are not needed; macOS has only the slower `fsync`.
flush = getattr(os, "fdatasync", os.fsync)


class WalSync:
    """Waits until the disk has one database's log."""

    def __init__(self, database: str) -> None:
        self._log = Path(f"{database}-wal")
        self._turn = threading.Lock()
        # Waits for the disk are numbered; one of them serves all threads that came before it began.
        self._last_begun = self._last_ended = self._last_failed = 0

    def mark(self) -> int:
        """Return what `wait` needs for the commits that are made from now on."""
        return self._last_ended

    def wait(self, mark: int) -> None:
        """Return when all that this thread has committed since the mark is on the disk.

        Raises `OSError` if it may not be.
        """
        needed = self._last_begun + 1
        with self._turn:
            if self._last_failed > mark:
                # Another attempt could succeed although the disk has lost the data of the one that failed.
                raise OSError("the disk did not take what was committed")
            if self._last_ended < needed:
                self._last_begun += 1
                self._flush_log()

    def _flush_log(self) -> None:
        try:
            # If there is no log, the last connection to close has moved everything into the database.
            with suppress(FileNotFoundError):
                # Only the log may be opened: closing the database's own file would release SQLite's locks on it.
                log = os.open(self._log, os.O_RDONLY)
                try:
                    flush(log)
                finally:
                    os.close(log)
        except OSError:
            self._last_failed = self._last_begun
            raise
        finally:
            self._last_ended = self._last_begun


def synced_connection(wal_sync: WalSync) -> type[sqlite3.Connection]:
    """A connection class whose `commit` waits for the disk, for an engine whose transactions are not ours."""

    class SyncedConnection(sqlite3.Connection):
        def commit(self) -> None:
            has_changed, mark = self.in_transaction, wal_sync.mark()
            super().commit()
            if has_changed:
                wal_sync.wait(mark)

    return SyncedConnection
