"""Notices whose words changed after they were written: those that were sent are edited."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("amended_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the shape before."""
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("amended_at")
