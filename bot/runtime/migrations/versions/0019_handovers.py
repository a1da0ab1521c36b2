"""Where people talk, what a partner's agents say, and handovers that somebody must accept."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("bridge", AutoString(), nullable=False, server_default=""))
    _create_partner_guidance()
    _create_handovers()


def _create_partner_guidance() -> None:
    op.create_table(
        "partner_guidance",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("language", "agents_say", "agents_do_not_say", "workaround", "relief", "written_by"),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("incident_id", "language"),
    )


def _create_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=True),
        *texts("item", "from_id", "to_id", "state", "summary", "note", "question"),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        *moments("due_at", "reminded_at", "escalated_at", "decided_at", nullable=True),
    )
    op.create_index("ix_handovers_incident_id", "handovers", ["incident_id"])
    partial_index(
        "ux_handovers_pending", "handovers", "incident_id", "kind", where="state = 'pending'", unique=True
    )
    partial_index("ix_handovers_due", "handovers", "due_at", where="due_at IS NOT NULL")
