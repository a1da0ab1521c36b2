"""An update that has nothing new is a line below the one before."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.migrations.steps import partial_index

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("promises", sa.Column("added_to", sa.Integer()))
    partial_index("ix_promises_added_to", "promises", "added_to", where="added_to IS NOT NULL")
