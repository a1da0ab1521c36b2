"""Signed requests of every kind are remembered in one table."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.drop_table("figure_requests")
