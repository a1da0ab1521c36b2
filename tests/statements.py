"""SQL in tests: compiled once per process, and readers may not lock rows, on whatever database."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect


def _is_of_same_kind(dialect: Any, other: Any) -> bool:
    return bool(dialect.name == other.name and dialect.driver == other.driver)


def _hash_of_kind(dialect: Any) -> int:
    return hash(dialect.name)


class ReadersStatements(dict[Any, Any]):
    """Compiled statements that do not lock rows."""

    def __setitem__(self, key: Any, compiled: Any) -> None:
        """Keep a statement. SQLite has no locks of rows: a test on it would not notice what fails on PostgreSQL."""
        if compiled.dialect.name == "sqlite":
            statement = compiled.statement
            assert getattr(statement, "_for_update_arg", None) is None, f"a reader locks rows: {statement}"
        super().__setitem__(key, compiled)


_shared, _shared_by_readers = dict[Any, Any](), ReadersStatements()


def _cache_of(engine: sa.Engine) -> dict[Any, Any]:
    is_reading = engine.get_execution_options().get("postgresql_readonly", False)
    return _shared_by_readers if is_reading else _shared


def _ignore(engine: sa.Engine, cache: Any) -> None:
    """Leave out the cache that each engine makes for itself."""


# SQLAlchemy keeps compiled statements by engine, and those of the unit of work by dialect, of which each engine has
# one. All engines of a kind are configured alike.
for owner, name, replacement in (
    (DefaultDialect, "__eq__", _is_of_same_kind),
    (DefaultDialect, "__hash__", _hash_of_kind),
    (sa.Engine, "_compiled_cache", property(_cache_of, _ignore)),
):
    setattr(owner, name, replacement)
