"""How far each source was read, and when it is read next."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.migrations.steps import moments, numbers, partial_index, texts

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source", "stream", "cursor"),
        *numbers("pages", "rows"),
        *moments("next_at", "read_at", "complete_until", nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", AutoString(), nullable=False),
        sa.UniqueConstraint("source", "stream"),
    )
    partial_index("ix_feeds_next", "feeds", "next_at", where="next_at IS NOT NULL")
