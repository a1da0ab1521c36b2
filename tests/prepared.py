"""Empty databases of the newest shape, made once for all processes of a run: that takes longer than most tests."""

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

NAME = "watchfloor.sqlite"
# Names the folder that every process of a run shares; without it each makes its own.
SHARED = "TESTS_SHARED_FOLDER"


def database(folder: Path) -> str:
    """The address of an empty database in that folder, or of the one that is there already."""
    folder.mkdir(exist_ok=True)
    for file in _template().glob("*.sqlite"):
        if not (folder / file.name).exists():
            shutil.copyfile(file, folder / file.name)
            (folder / file.name).chmod(0o600)
    return f"sqlite:///{folder / NAME}"


def prepare(database_url: str) -> None:
    """Bring an empty database to the newest shape, the durable engine's part too."""
    build_registry()  # it loads the tables of every noun
    settings = Settings(_env_file=None, database_url=database_url)
    store = Database(settings.database_url)
    migrations.upgrade(store.engine)
    store.close()
    DBOS.migrate(settings.durable_url, schema="dbos" if store.is_sqlite else "durable")


@cache
def _template() -> Path:
    """The folder of a database to be copied, made by whichever process needs it first."""
    folder = Path(os.environ.get(SHARED) or _own_folder().name)
    made = folder / "template"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = folder / "begun"
            begun.mkdir(exist_ok=True)
            prepare(f"sqlite:///{begun / NAME}")
            # Everything is in the files themselves: what a copy leaves behind, such as a log, is not needed.
            assert not list(begun.glob("*-wal")), "the template is still open"
            begun.rename(made)
    return made


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="watchfloor-tests-")
