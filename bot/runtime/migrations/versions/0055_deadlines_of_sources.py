"""The deadline that a source computed for a case."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0055"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    op.add_column("cases", sa.Column("promised_at", UtcDateTime()))


def downgrade() -> None:
    """Back to the shape before."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("promised_at")
