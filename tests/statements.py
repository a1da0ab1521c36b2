"""Compiled SQL, shared by all engines of a process: each test has new engines, which would compile it again."""

from typing import Any

import sqlalchemy as sa


class SharedStatements(dict[Any, Any]):
    """A cache that distinguishes databases by their kind: all engines of a kind are configured alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the compiled statement for SQLAlchemy's key, which begins with the engine's dialect."""
        return super().get(_by_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_by_kind(key), compiled)


def _by_kind(key: Any) -> Any:
    dialect, *statement = key
    return (dialect.name, dialect.driver, *statement)


_shared = SharedStatements()


@sa.event.listens_for(sa.Engine, "engine_connect")
def _share(connection: sa.Connection) -> None:
    connection.execution_options(compiled_cache=_shared)
