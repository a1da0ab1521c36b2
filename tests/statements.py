"""SQL in tests: compiled once per process, and readers may not lock rows, on whatever database."""

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


@sa.event.listens_for(sa.Engine, "before_execute")
def _refuse_locks_of_readers(connection: sa.Connection, statement: Any, *_: Any) -> None:
    """SQLite has no locks of rows, so that a test on it would not notice what fails on PostgreSQL."""
    is_reading = connection.get_execution_options().get("postgresql_readonly", False)
    if is_reading and connection.dialect.name == "sqlite":
        assert getattr(statement, "_for_update_arg", None) is None, f"a reader locks rows: {statement}"
