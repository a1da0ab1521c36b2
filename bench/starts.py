"""How long a start takes, compared with the imports that it cannot do without."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import internals
from bench.figures import Figure, ratios
from bench.harness import PLAYBOOKS, AppProcess, BotProcess, SandboxProcess

STARTS = 7
# Prints the third-party modules that a started bot has loaded, in the order of loading.
LIST_LIBRARIES = """
import json, sys
from bot.commands import cli, sandbox_process
from bot.runtime import logs, postgresql_driver
logs.configure()
postgresql_driver.leave_out()
from bot import bootstrap
from bot.commands import run
from bot.config import settings
bot = bootstrap.build(settings.read())
bot.start()
files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
bot.stop()
print(json.dumps([name for name, file in files.items() if "site-packages" in file]))
"""
IMPORT_LIBRARIES = """
import importlib, json, sys
from bot.runtime import postgresql_driver
postgresql_driver.leave_out()
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print("ready")
"""


def measure(folder: Path) -> Sequence[Figure]:
    """Measure from the command to readiness, and the imports alone."""
    sandbox = SandboxProcess(folder / "workspace")
    with _bytecode_cache(folder / "bytecode"):
        libraries = _libraries(sandbox, folder)
        ready_s, imported_s = [], []
        for _ in range(STARTS):
            bot = BotProcess(sandbox, folder)
            ready_s.append(bot.ready_after_s)
            bot.stop()
            imported_s.append(_import_s(libraries))
    sandbox.stop()
    return [
        Figure("time from start to ready", ready_s, "s", 2),
        Figure("importing the same libraries alone", imported_s, "s"),
        Figure("start to ready ÷ importing the same libraries", ratios(ready_s, imported_s), "", 1.4),
    ]


@contextmanager
def _bytecode_cache(folder: Path) -> Iterator[None]:
    """Let Python cache its bytecode, as it does in an installation, regardless of this environment."""
    earlier = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(earlier)


def _libraries(sandbox: SandboxProcess, folder: Path) -> str:
    """The third-party modules that a start loads. This first start fills the cache and makes the database."""
    BotProcess(sandbox, folder).stop()
    environment = {
        "WATCHFLOOR_DATABASE_URL": internals.database_url(folder),
        "WATCHFLOOR_PLAYBOOKS_DIR": str(PLAYBOOKS),
    }
    listing = subprocess.run(
        [sys.executable, "-c", LIST_LIBRARIES],
        env=os.environ | sandbox.environment | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return listing.stdout.splitlines()[-1]


def _import_s(libraries: str) -> float:
    importing = AppProcess(["-c", IMPORT_LIBRARIES, libraries], {})
    importing.process.wait()
    return importing.ready_after_s
