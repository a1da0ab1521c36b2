"""Columns that nobody read: when or by whom something was written that only its outcome is asked about."""

from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
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
