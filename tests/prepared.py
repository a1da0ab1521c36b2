"""Empty databases of the newest shape, made once for all tests of a process: that takes longer than most tests."""

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


def database(folder: Path) -> str:
    """The address of an empty database in that folder, or of the one that is there already."""
    folder.mkdir(exist_ok=True)
    for file in Path(_template().name).glob("*.sqlite"):
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
def _template() -> tempfile.TemporaryDirectory[str]:
    template = tempfile.TemporaryDirectory(prefix="watchfloor-tests-")
    folder = Path(template.name)
    prepare(f"sqlite:///{folder / NAME}")
    # Everything is in the files themselves: what a copy leaves behind, such as a log beside it, is not needed.
    assert not list(folder.glob("*-wal")), "the template is still open"
    return template
