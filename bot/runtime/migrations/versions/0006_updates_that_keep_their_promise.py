"""Drafts, pauses, and what became of each promised update."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index, texts

revision = "0006"
down_revision = "0005"

WAITING = "state = 'waiting'"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False, index=True),
        sa.Column("shown_at", UtcDateTime(), nullable=False),
        sa.Column("user_ids", sa.JSON(), nullable=False),
    )
    op.create_table(
        "update_pauses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False, index=True),
        *texts("reason", "by"),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", AutoString(), nullable=True),
    )
    partial_index("ux_update_pauses_open", "update_pauses", "incident_id", where="ended_at IS NULL", unique=True)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("hindrance", AutoString(), nullable=True))
    _promises()


def _promises() -> None:
    with op.batch_alter_table("promises") as promises:
        for name in ("paced_by", "chosen_by", "approved_by"):
            promises.add_column(sa.Column(name, AutoString(), nullable=True))
        for name in ("choice", "moved_why", "late_because"):
            promises.add_column(sa.Column(name, AutoString(), nullable=False, server_default=""))
        for name in ("draft_at", "moved_from", "begun_at", "escalate_at"):
            promises.add_column(sa.Column(name, UtcDateTime(), nullable=True))
        promises.add_column(sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
        promises.add_column(sa.Column("draft_id", sa.Integer(), nullable=True))
        promises.create_foreign_key("fk_promises_draft", "drafts", ["draft_id"], ["id"])
        promises.create_index("ix_promises_draft_id", ["draft_id"])
    partial_index("ix_promises_draft", "promises", "draft_at", where=f"{WAITING} AND draft_id IS NULL")
    partial_index("ix_promises_late", "promises", "escalate_at", where="escalate_at IS NOT NULL")
    partial_index("ix_promises_made", "promises", "promised_at", where=WAITING)
