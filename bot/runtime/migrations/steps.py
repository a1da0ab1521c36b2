"""What many steps of the schema have: columns of one type, and indexes of only some rows, for both databases."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime


def texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, AutoString(), nullable=nullable) for name in names]


def moments(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, UtcDateTime(), nullable=nullable) for name in names]


def numbers(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def partial_index(
    name: str, table: str, *columns: str, where: str, on_sqlite: str = "", unique: bool = False
) -> None:
    """Create an index of only the rows that meet a condition; `on_sqlite` is the condition in SQLite's words."""
    sqlite_where, postgresql_where = sa.text(on_sqlite or where), sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=postgresql_where
    )
