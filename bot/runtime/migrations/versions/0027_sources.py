"""How far each source was read, and when it is read next."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, AutoString(), nullable=False) for name in ("source", "stream", "cursor")),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        *(sa.Column(name, UtcDateTime()) for name in ("next_at", "read_at", "complete_until")),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", AutoString(), nullable=False),
        sa.UniqueConstraint("source", "stream"),
    )
    is_planned = sa.text("next_at IS NOT NULL")
    op.create_index("ix_feeds_next", "feeds", ["next_at"], sqlite_where=is_planned, postgresql_where=is_planned)
