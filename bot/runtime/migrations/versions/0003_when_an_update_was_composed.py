"""When an update was composed: what happens afterwards is news for the next one."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    with op.batch_alter_table("promises") as promises:
        promises.add_column(sa.Column("composed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Back to the shape before."""
    with op.batch_alter_table("promises") as promises:
        promises.drop_column("composed_at")
