"""Upserts, and inserts that skip existing rows; safe when two callers write the same row at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

RowType = TypeVar("RowType", bound=SQLModel)


def upsert(session: Session, row: SQLModel) -> None:
    """Insert a row, or overwrite the one with the same primary key; safe when two callers do so at once."""
    upsert_all(session, [row])


def upsert_all(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table, or overwrite those with the same primary keys."""
    if rows:
        statement = _upsert_statement(type(rows[0]), session.get_bind().dialect.name)
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


def insert(session: Session, row: RowType) -> RowType:
    """Insert a row at once, so that it has its number. Returns it."""
    session.add(row)
    session.flush()
    return row


def insert_new(session: Session, row: SQLModel) -> bool:
    """Insert a row and set its number, unless it exists; False if it does. Safe when two callers do so at once."""
    statements = _insert_new_statements(type(row), session.get_bind().dialect.name)
    session.flush()
    if getattr(row, "id", "") is not None:  # its key is not given by the database
        return bool(session.connection().execute(statements.without_number, _values(row)).rowcount)
    number = session.connection().execute(statements.with_number, _values(row)).scalar()
    if number is not None:
        row.id = number
    return number is not None


def insert_all_new(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table that do not exist; safe when two callers do so at once. No numbers are read back."""
    if rows:
        statement = _insert_new_statements(type(rows[0]), session.get_bind().dialect.name).without_number
        session.flush()
        session.connection().execute(statement, [_values(row) for row in rows])


class _InsertNew(Struct, frozen=True):
    """The statements that insert a row unless it exists, with or without returning the database's number for it."""

    without_number: Any
    with_number: Any


# Built once, because building them takes longer than running them.
@cache
def _upsert_statement(table: type[SQLModel], dialect: str) -> Any:
    insert = _insert(table, dialect)
    key = [column.name for column in sa.inspect(table).primary_key]
    updates = {column.name: column for column in insert.excluded if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=updates)


@cache
def _insert_new_statements(table: type[SQLModel], dialect: str) -> _InsertNew:
    insert = _insert(table, dialect).on_conflict_do_nothing()
    # Otherwise PostgreSQL's cursor is closed, and the count -1, before it can be read.
    without_number = insert.execution_options(preserve_rowcount=True)
    return _InsertNew(without_number, insert.returning(sa.literal_column("id")))


def _insert(table: type[SQLModel], dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _values(row: SQLModel) -> dict[str, Any]:
    return {name: value for name, value in row if not (name == "id" and value is None)}
