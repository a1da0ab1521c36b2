"""Columns are called what they hold: `text` for what is said, `hash` and `previous_hash` in the timeline's log."""

from alembic import op

revision = "0044"
down_revision = "0043"

# Table, column, its new name.
RENAMED = (
    ("alarms", "words", "text"),
    ("follow_ups", "words", "text"),
    ("promises", "words", "text"),
    ("timeline_chains", "seal", "hash"),
    ("timeline_chains", "before", "previous_hash"),
    ("timeline_log", "seal", "hash"),
    ("timeline_log", "before", "previous_hash"),
)


def upgrade() -> None:
    for table, old, new in RENAMED:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN "{old}" TO "{new}"')
