"""What an update, a follow-up and an alarm say is called `text`, as everywhere else."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

TABLES = ("alarms", "follow_ups", "promises")


def upgrade() -> None:
    """To this shape."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN words TO text")


def downgrade() -> None:
    """Back to the shape before."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN text TO words")
