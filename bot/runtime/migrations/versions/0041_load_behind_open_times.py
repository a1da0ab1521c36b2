"""Fewer people than the forecast load needs: what the load is."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("open_times", sa.Column("basis", sa.JSON()))
