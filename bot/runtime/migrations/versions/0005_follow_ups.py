"""Follow-ups and their weekly messages."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import numbers, partial_index, texts

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "follow_up_digests",
        sa.Column("week", AutoString(), primary_key=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("is_posted", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("source_key", "words", "kind", "link", "state"),
        *texts("owner_id", "asked_id", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("zone", AutoString(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        *numbers("told", "moved"),
        sa.Column("added_by", AutoString(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("finished_by", AutoString(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("source_key"),
    )
    op.create_index("ix_follow_ups_incident_id", "follow_ups", ["incident_id"])
    partial_index("ix_follow_ups_due", "follow_ups", "due_at", where="state = 'open'")
    partial_index("ix_follow_ups_owner", "follow_ups", "owner_id", where="state = 'open'")
    partial_index("ix_follow_ups_finished", "follow_ups", "finished_at", where="finished_at IS NOT NULL")
    partial_index("ix_follow_ups_remind", "follow_ups", "remind_at", where="remind_at IS NOT NULL")
