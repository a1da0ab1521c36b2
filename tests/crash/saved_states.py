"""A database as it was at one moment, to be restored as often as needed. Nobody may be connected meanwhile."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.postgres import PostgresServer

Restore = Callable[[], None]
# Saves a database and gives back what restores it.
Save = Callable[[], Restore]


def sqlite_files(folder: Path) -> Save:
    """The files of a folder."""

    def save() -> Restore:
        saved = folder / "saved"
        saved.mkdir()
        _copy_files(folder, saved)
        return lambda: _replace_files(folder, saved)

    return save


def _replace_files(folder: Path, saved: Path) -> None:
    for file in folder.glob("*.sqlite*"):
        file.unlink()
    _copy_files(saved, folder)


def _copy_files(source: Path, target: Path) -> None:
    """With the log beside each, which belongs to it; the index of the log is made again."""
    for file in [*source.glob("*.sqlite"), *source.glob("*.sqlite-wal")]:
        shutil.copy(file, target / file.name)


def postgres_database(server: PostgresServer, address: str) -> Save:
    """A database of that server."""

    def save() -> Restore:
        saved = server.copy_of(address)
        return lambda: server.replace(address, by=saved)

    return save
