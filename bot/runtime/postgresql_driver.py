"""PostgreSQL's driver, which the workflow engine imports everywhere and uses only with PostgreSQL.

With its libraries it takes 9 MB, a sixteenth of the bot's memory, and 30 ms of each start.
"""

import sys
from types import ModuleType


class NeverRaised(Exception):
    """Any error of a driver that is not loaded: asked whether it is this one, an error answers that it is not."""


class _UnusedModule(ModuleType):
    errors: ModuleType

    def __getattr__(self, name: str) -> type[NeverRaised]:
        if name.startswith("__"):  # Python itself asks: this is no package, and has no file
            raise AttributeError(name)
        return NeverRaised


def leave_out() -> None:
    """Let `import psycopg` find an empty module. To be called without PostgreSQL, and before `dbos` is imported."""
    driver = _UnusedModule("psycopg")
    driver.errors = _UnusedModule("psycopg.errors")
    sys.modules |= {"psycopg": driver, "psycopg.errors": driver.errors}
