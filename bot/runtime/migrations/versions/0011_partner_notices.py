"""What each partner of an incident was told, and what it said."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "partner_notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("partner", "state", "act"),
        *moments("due_at", "attempted_at", "told_at", nullable=True),
        sa.Column("told_severity", AutoString(), nullable=False),
        *texts("told_by", "channel_id", nullable=True),
        *moments("reminded_at", "named_at", "cleared_at", nullable=True),
        sa.Column("answer", AutoString(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", AutoString(), nullable=True),
        sa.Column("agents", sa.Integer(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.UniqueConstraint("incident_id", "partner"),
    )
    partial_index("ix_partner_notices_due", "partner_notices", "due_at", where="due_at IS NOT NULL")
