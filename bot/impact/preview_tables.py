"""Dropped files, and the column maps for file shapes; every query on them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, select

from bot.runtime.database import Numbered, Row, upsert, utc_column


class StoredColumnMap(Row, table=True):
    """The confirmed column map for files of one shape."""

    __tablename__ = "figure_column_maps"

    shape: str = Field(primary_key=True)
    columns: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
    by: str = ""
    at: datetime = Field(sa_column=utc_column(nullable=False))


class Preview(Numbered, table=True):
    """A dropped file, and how it would be read; none of it counts until that is confirmed."""

    __tablename__ = "figure_previews"

    file_id: str = Field(unique=True)
    file_name: str
    channel_id: str
    ts: str
    incident_id: int | None = Field(default=None, foreign_key="incidents.id")
    by: str
    columns: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True)))
    state: str = "waiting"
    asked_at: datetime = Field(sa_column=utc_column(nullable=False))


def column_map(session: Session, shape: str) -> dict[str, Any] | None:
    """The column map for files of that shape, if one was confirmed."""
    stored_map = session.exec(select(StoredColumnMap).where(StoredColumnMap.shape == shape)).first()
    return stored_map.columns if stored_map else None


def save_column_map(session: Session, shape: str, columns: dict[str, Any], by: str, now: datetime) -> None:
    """Save the column map with which files of that shape are read from now on."""
    upsert(session, StoredColumnMap(shape=shape, columns=columns, by=by, at=now))


def preview(session: Session, number: int) -> Preview | None:
    """A dropped file, with its row locked."""
    return session.get(Preview, number, with_for_update=True)
