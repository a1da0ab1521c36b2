"""The folder that all processes of a run share: databases to be copied, and PostgreSQL's data."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.runtime.waiting import wait_until

# Names the folder for the processes of the run.
VARIABLE = "TESTS_SHARED_FOLDER"
POSTGRES_DATA = "pg"
ENDS_WITHIN_S = 10
# In memory, if there is that much space. PostgreSQL makes a thousand files for each database; on a disk, this took
# a tenth of the suite's processor time.
MEMORY, NEEDED_BYTES = "/dev/shm", 2 * 1024**3


class SharedFolder:
    """The folder, from the beginning of a run to its end, when PostgreSQL ends, too."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="watchfloor-tests-", dir=_parent())
        os.environ[VARIABLE] = self._folder.name

    def delete(self) -> None:
        """End PostgreSQL, if any test started it, and delete everything."""
        pid_file = Path(self._folder.name) / POSTGRES_DATA / "postmaster.pid"
        with suppress(FileNotFoundError, ProcessLookupError):
            # At once: writing hundreds of databases to a disk that is about to forget them takes seconds.
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
            wait_until(lambda: not pid_file.exists(), ENDS_WITHIN_S)
        self._folder.cleanup()


def _parent() -> str | None:
    is_there = Path(MEMORY).is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if is_there and shutil.disk_usage(MEMORY).free > NEEDED_BYTES else None
