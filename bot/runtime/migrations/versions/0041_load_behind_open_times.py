"""Fewer people than the forecast load needs: what the load is."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    op.add_column("open_times", sa.Column("basis", sa.JSON()))


def downgrade() -> None:
    """Back to the shape before."""
    with op.batch_alter_table("open_times") as table:
        table.drop_column("basis")
