"""Migrated databases without rows, made once for all processes of a run: migrating takes longer than most tests."""

import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from dbos import DBOS

from bot.bootstrap import build_registry
from bot.config.settings import Settings
from bot.runtime import migrations
from bot.runtime.database import Database
from tests import shared_folder

NAME = "watchfloor.sqlite"
# This loads the tables of every noun, also where another process has prepared the database.
build_registry()


def database(folder: Path) -> str:
    """Return the address of an empty database in that folder, or of the existing one."""
    folder.mkdir(exist_ok=True)
    for file in _template().glob("*.sqlite"):
        if not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)
            (folder / file.name).chmod(0o600)
    return f"sqlite:///{folder / NAME}"


def prepare(database_url: str) -> None:
    """Migrate an empty database to the newest schema, including the durable engine's part."""
    settings = Settings(_env_file=None, database_url=database_url)
    store = Database(settings.database_url)
    migrations.upgrade(store.engine)
    store.close()
    DBOS.migrate(settings.durable_url, schema="dbos" if store.is_sqlite else "durable")


@cache
def _template() -> Path:
    """Return the folder of a database to be copied, made by the first process that needs it."""
    folder = Path(os.environ.get(shared_folder.VARIABLE) or _own_folder().name)
    template = folder / "template"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            unfinished = folder / "begun"
            unfinished.mkdir(exist_ok=True)
            prepare(f"sqlite:///{unfinished / NAME}")
            # Everything is in the files themselves: other files beside them, such as a log, are not needed.
            assert not list(unfinished.glob("*-wal")), "the template is still open"
            unfinished.rename(template)
    return template


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="watchfloor-tests-")
