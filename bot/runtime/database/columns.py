"""Columns, keys and indexes that every table uses; times stay in UTC."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_attribute
from sqlmodel import Field, SQLModel

# Rows are not validated: what pydantic needs for that is made for the few that are, when they are.
SQLModel.model_config["defer_build"] = True


class Row(SQLModel):
    """A row of a table, which is made and changed as SQLAlchemy needs it and no more.

    SQLModel tells pydantic of each value, too; with a dozen rows to an incident's change that is felt.
    """

    def __init__(self, **values: Any) -> None:
        fields = type(self).__pydantic_fields__
        missing = {name: field for name, field in fields.items() if name not in values and not field.is_required()}
        # A row that is new has no history: nothing listens to what it is made of.
        self.__dict__.update(values)
        self.__dict__.update(
            {name: field.get_default(call_default_factory=True) for name, field in missing.items()}
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).__pydantic_fields__:
            set_attribute(self, name, value)
        else:
            super().__setattr__(name, value)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, kept as UTC without a zone (SQLite has none) and given back with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database: naive UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database: aware UTC."""
        return value.replace(tzinfo=UTC) if value else None

    def bind_processor(self, dialect: Any) -> Any:
        """SQLite keeps moments as text: written in one step, as SQLAlchemy writes them in several."""
        return _to_sqlite if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Read in one step, too: the steps of one playbook hold more than a hundred moments."""
        return _from_sqlite if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


# Shared by all columns: SQLAlchemy makes a class for each instance of such a type.
UTC_DATE_TIME = UtcDateTime()


def _to_sqlite(value: datetime | None) -> str | None:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if value else None


def _from_sqlite(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text else None


class Numbered(Row):
    """A row whose key is a number that the database gives."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def number(self) -> int:
        """Its key, once it is in the database; what people call it by, where they see it."""
        assert self.id is not None
        return self.id


def utc_column(*, nullable: bool = True, index: bool = False) -> Any:
    """A column that holds a moment."""
    return sa.Column(UTC_DATE_TIME, nullable=nullable, index=index)


def partial_index(name: str, *columns: str, where: str, on_sqlite: str = "", unique: bool = False) -> sa.Index:
    """An index of those rows alone that meet a condition; `on_sqlite` is for what SQLite says in other words."""
    sqlite_where, postgresql_where = sa.text(on_sqlite or where), sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=sqlite_where, postgresql_where=postgresql_where)
