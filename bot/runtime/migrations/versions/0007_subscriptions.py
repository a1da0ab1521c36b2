"""Who wants updates by direct message."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index, texts

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("user_id", "key"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=True),
        *texts("severity", "type", "site"),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("user_id", "key"),
    )
    op.create_index("ix_subscriptions_incident_id", "subscriptions", ["incident_id"])
    partial_index("ix_subscriptions_standing", "subscriptions", "severity", where="incident_id IS NULL")
