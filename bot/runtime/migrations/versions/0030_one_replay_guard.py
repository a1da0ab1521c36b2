"""Signed requests of every kind are remembered in one table."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    op.drop_table("figure_requests")


def downgrade() -> None:
    """Back to the shape before."""
    op.create_table(
        "figure_requests",
        sa.Column("signature", AutoString(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_figure_requests_at", "figure_requests", ["at"])
