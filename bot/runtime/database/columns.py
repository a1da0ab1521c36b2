"""Columns, keys and indexes that all tables use; times are kept in UTC."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_attribute
from sqlmodel import Field, SQLModel

# Rows are not validated: pydantic builds its validators only for the few models that are, and only when needed.
SQLModel.model_config["defer_build"] = True


class Row(SQLModel):
    """A row of a table, created and changed in the way SQLAlchemy needs, and no more.

    SQLModel also passes each value to pydantic, which is noticeable with a dozen rows per change to an incident.
    """

    def __init__(self, **values: Any) -> None:
        fields = type(self).__pydantic_fields__
        omitted_fields = {
            name: field for name, field in fields.items() if name not in values and not field.is_required()
        }
        # A new row has no history: nothing listens to its initial values.
        self.__dict__.update(values)
        self.__dict__.update(
            {name: field.get_default(call_default_factory=True) for name, field in omitted_fields.items()}
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).__pydantic_fields__:
            set_attribute(self, name, value)
        else:
            super().__setattr__(name, value)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, stored as UTC without a zone (SQLite has none) and returned with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database: naive UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database: aware UTC."""
        return value.replace(tzinfo=UTC) if value else None

    def bind_processor(self, dialect: Any) -> Any:
        """Write SQLite's text for a moment in one step; SQLAlchemy writes the same text in several."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Read it in one step, too: the steps of one playbook hold more than a hundred moments."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


# Shared by all columns, because SQLAlchemy creates a class for each instance of such a type.
UTC_DATE_TIME = UtcDateTime()


def _to_sqlite(value: datetime | None) -> str | None:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if value else None


def _from_sqlite(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text else None


class Numbered(Row):
    """A row whose primary key is a number assigned by the database."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def number(self) -> int:
        """The primary key, once the row is in the database; users know the row by it, where they see it."""
        assert self.id is not None
        return self.id


def utc_column(*, nullable: bool = True, index: bool = False) -> Any:
    """A column that holds a moment."""
    return sa.Column(UTC_DATE_TIME, nullable=nullable, index=index)


def partial_index(name: str, *columns: str, where: str, on_sqlite: str = "", unique: bool = False) -> sa.Index:
    """An index of only the rows that meet a condition; `on_sqlite` is the condition if SQLite needs other words."""
    sqlite_where, postgresql_where = sa.text(on_sqlite or where), sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=postgresql_where)
