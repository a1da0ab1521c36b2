"""Of an interval also how many agents were scheduled, and how many were available."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

FIGURES = ("agents_scheduled", "agents_available")


def upgrade() -> None:
    for name in FIGURES:
        op.add_column("interval_figures", sa.Column(name, sa.Float()))
