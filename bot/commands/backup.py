"""`watchfloor backup` and `watchfloor restore`: everything that cannot be recreated, in one file.

On SQLite that is two databases; on PostgreSQL it is one, of which `pg_dump` makes a better backup.
"""

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime import migrations
from bot.runtime.database import OWNER_ONLY, Database, unusable_as_sentence
from bot.runtime.replicas import Replicas

INCIDENTS, FLOWS = "watchfloor.sqlite", "flows.sqlite"
# Files that SQLite keeps beside an open database.
BESIDE = ("-wal", "-shm")


class BackupOfPostgres(WatchfloorError):
    """Everything is in one PostgreSQL database. Its own tools make a backup while the bot runs:
    `pg_dump --format=custom --file=watchfloor.dump ADDRESS`. To bring it back, end every bot and run
    `pg_restore --clean --dbname=ADDRESS watchfloor.dump`."""


class BackupExists(WatchfloorError):
    """{path} is there already, and nothing was written over it. Choose another name."""


class BackupNotWritten(WatchfloorError):
    """{path} cannot be written: {reason}. Create its folder, or choose another place."""


class NotABackup(WatchfloorError):
    """{path} is no backup that `watchfloor backup` made, or it is damaged: {reason}. Nothing was changed."""


def backup(settings: Settings, to: Path) -> None:
    """Write the current content of both databases to the zip file `to`."""
    incidents, flows = _files(settings)
    if to.exists():
        raise BackupExists(path=to)
    database = Database(settings.database_url)
    migrations.check(database.engine)
    database.close()
    with _folder_beside(to) as folder, unusable_as_sentence():
        copies = Path(folder)
        # Flows first: their effects so far are then in the incidents, and what they repeat is harmless.
        _copy(flows, copies / FLOWS)
        _copy(incidents, copies / INCIDENTS)
        draft = copies / "backup.zip"
        draft.touch(mode=OWNER_ONLY)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (INCIDENTS, FLOWS):
                archive.write(copies / name, name)
        draft.rename(to)


def _folder_beside(to: Path) -> "tempfile.TemporaryDirectory[str]":
    try:
        return tempfile.TemporaryDirectory(dir=to.resolve().parent)
    except OSError as refused:
        raise BackupNotWritten(path=to, reason=refused.strerror) from refused


def restore(settings: Settings, backup: Path) -> Iterator[str]:
    """Replace the current databases by those of a backup, and yield where the previous ones are now."""
    incidents, flows = _files(settings)
    incidents.parent.mkdir(parents=True, exist_ok=True)
    replicas = Replicas(settings.database_url, settings.replica_name)
    replicas.join(timeout_s=0)
    try:
        with tempfile.TemporaryDirectory(dir=incidents.resolve().parent) as folder:
            restored_folder = Path(folder)
            _unpack(backup, restored_folder)
            for name, file in ((INCIDENTS, incidents), (FLOWS, flows)):
                if file.exists():
                    yield f"What was in {file} is in {_put_aside(file)} now."
                (restored_folder / name).rename(file)
                yield f"{file} is as it was when the backup was made."
    finally:
        replicas.leave()


def _files(settings: Settings) -> tuple[Path, Path]:
    if not settings.is_sqlite:
        raise BackupOfPostgres()
    incidents, flows = (sa.make_url(url).database or "" for url in (settings.database_url, settings.durable_url))
    return Path(incidents), Path(flows)


def _copy(database: Path, target: Path) -> None:
    """Copy a database as of one moment, despite concurrent writes."""
    target.touch(mode=OWNER_ONLY)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _unpack(backup: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(backup) as archive:
            for name in (INCIDENTS, FLOWS):
                with archive.open(name) as packed_file, os.fdopen(_create(folder / name), "wb") as file:
                    shutil.copyfileobj(packed_file, file)
                _check(folder / name)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, sqlite3.DatabaseError) as error:
        reason = getattr(error, "strerror", None) or str(error).strip("'\"")
        raise NotABackup(path=backup, reason=reason) from error


def _create(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)


def _check(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ValueError(f"{database.name} is damaged")


def _put_aside(file: Path) -> Path:
    """Rename a database and its side files, so that it can be opened, and put back, under its new name."""
    numbers = (file.with_name(f"{file.name}.before-restore-{number}") for number in range(1, 10_000))
    aside_file = next(name for name in numbers if not name.exists())
    for ending in ("", *BESIDE):
        side_file = file.with_name(file.name + ending)
        if side_file.exists():
            side_file.rename(aside_file.with_name(aside_file.name + ending))
    return aside_file
