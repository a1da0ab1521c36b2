"""Alerts of monitoring systems, and the groups in which people see them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index, texts

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "alert_groups",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source_name", "group_key", "state", "title"),
        sa.Column("rule_place", sa.Integer(), nullable=False),
        sa.Column("severity", AutoString(), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), index=True),
        *texts("declared_key", "decided_by"),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    partial_index(
        "ux_alert_groups_live", "alert_groups", "source_name", "group_key", where="ended_at IS NULL", unique=True
    )
    partial_index("ix_alert_groups_due", "alert_groups", "due_at", where="due_at IS NOT NULL")
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("alert_groups.id"), nullable=False, index=True),
        *texts("source_name", "alert_key", "title", "severity", "text", "link"),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("fired_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime()),
    )
    op.create_index("ix_alerts_key", "alerts", ["source_name", "alert_key"])
