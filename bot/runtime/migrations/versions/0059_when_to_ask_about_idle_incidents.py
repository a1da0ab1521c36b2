"""When to look whether anything was recorded of an incident of late."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    """To this shape; incidents that are under way are looked at soon."""
    op.add_column("incidents", sa.Column("idle_check_at", UtcDateTime(), nullable=True))
    partial_index("ix_incidents_idle", "incidents", "idle_check_at", where="idle_check_at IS NOT NULL")
    op.execute(
        "UPDATE incidents SET idle_check_at = declared_at WHERE status IN "
        "('investigating', 'identified', 'mitigated', 'monitoring', 'resolved')"
    )
