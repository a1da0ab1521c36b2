"""Rows are written over those of the same key, or unless one like them is there, even when two do so at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def upsert(session: Session, row: SQLModel) -> None:
    """Write a row, over the one of the same primary key if there is one, even when two do so at once."""
    upsert_all(session, [row])


def upsert_all(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write rows of one table, each over the one of the same primary key if there is one."""
    if rows:
        statement = _upsert_statement(type(rows[0]), session.get_bind().dialect.name)
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


def insert_new(session: Session, row: SQLModel) -> bool:
    """Write a row, with its number, unless one like it is there, even when two do so at once; False when it is."""
    statements = _insert_new_statements(type(row), session.get_bind().dialect.name)
    session.flush()
    if getattr(row, "id", "") is not None:  # its key is not given by the database
        return bool(session.connection().execute(statements.without_number, _values(row)).rowcount)
    number = session.connection().execute(statements.with_number, _values(row)).scalar()
    if number is not None:
        row.id = number
    return number is not None


def insert_all_new(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write rows of one table, but those that are there, even when two do so at once. No numbers are read back."""
    if rows:
        statement = _insert_new_statements(type(rows[0]), session.get_bind().dialect.name).without_number
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


class _InsertNew(Struct, frozen=True):
    """What writes a row unless one like it is there; with the number that the database gives it, or without."""

    without_number: Any
    with_number: Any


# Put together once: that takes longer than to run them.
@cache
def _upsert_statement(table: type[SQLModel], dialect: str) -> Any:
    insert = _insert(table, dialect)
    key = [column.name for column in sa.inspect(table).primary_key]
    updates = {column.name: column for column in insert.excluded if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=updates)


@cache
def _insert_new_statements(table: type[SQLModel], dialect: str) -> _InsertNew:
    insert = _insert(table, dialect).on_conflict_do_nothing()
    return _InsertNew(insert, insert.returning(sa.literal_column("id")))


def _insert(table: type[SQLModel], dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: value for name, value in row if not (name == "id" and value is None)}
