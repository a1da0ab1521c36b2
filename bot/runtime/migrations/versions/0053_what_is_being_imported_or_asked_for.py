"""The differences of a roster while it is being imported, and when a source is asked for what is open."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    texts = ("external_id", "person", "rostered", "role", "region", "site", "zone")
    times = ("staged_at", "starts_at", "ends_at", "changed_at")
    op.create_table(
        "staged_shifts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("import_key", AutoString(), nullable=False),
        sa.Column("shift_id", sa.Integer()),
        sa.Column("seen_changed_at", UtcDateTime()),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("user_id", AutoString()),
        *(sa.Column(name, AutoString(), nullable=False) for name in texts),
        *(sa.Column(name, UtcDateTime(), nullable=False) for name in times),
    )
    op.add_column("feeds", sa.Column("ask_at", UtcDateTime()))
    partial_index("ix_feeds_ask", "feeds", "ask_at", where="ask_at IS NOT NULL")
    op.create_index("ix_staged_shifts_import", "staged_shifts", ["import_key", "shift_id"])
