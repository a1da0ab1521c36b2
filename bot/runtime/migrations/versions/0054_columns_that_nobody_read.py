"""Columns that nobody read: when or by whom something was written that only its outcome is asked about."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    """To this shape."""
    for table, column in (
        ("watch_items", "done_by"),
        ("planned_changes", "recorded_at"),
        ("follow_up_digests", "is_posted"),
        ("shift_swaps", "asked_at"),
        ("shift_swaps", "answered_at"),
        ("case_previews", "asked_at"),
        ("people", "heard_at"),
    ):
        op.drop_column(table, column)


def downgrade() -> None:
    """Back to the shape before; what the columns held is not known any more."""
    for table, column in (
        ("people", "heard_at"),
        ("case_previews", "asked_at"),
        ("shift_swaps", "asked_at"),
        ("planned_changes", "recorded_at"),
    ):
        op.add_column(
            table, sa.Column(column, UtcDateTime(), nullable=False, server_default=sa.text(f"'{LONG_AGO}'"))
        )
    op.add_column("shift_swaps", sa.Column("answered_at", UtcDateTime()))
    op.add_column(
        "follow_up_digests", sa.Column("is_posted", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("watch_items", sa.Column("done_by", AutoString()))
