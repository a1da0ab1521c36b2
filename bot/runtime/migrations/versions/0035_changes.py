"""Planned nesting and routing changes, and by whom an unlock was asked for last."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index, texts

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "planned_changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        *texts("kind", "title", "before", "after", "rollback", "site", "partner", "type"),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        *texts("requester", "approver", "verifier", "recorded_by"),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("remind_at", UtcDateTime()),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answered_by", AutoString()),
        sa.Column("answered_at", UtcDateTime()),
    )
    op.create_index("ix_planned_changes_planned_at", "planned_changes", ["planned_at"])
    partial_index("ix_planned_changes_remind_at", "planned_changes", "remind_at", where="remind_at IS NOT NULL")
    op.add_column("lockouts", sa.Column("unlock_asked_by", AutoString()))
    op.add_column("lockouts", sa.Column("unlock_asked_at", UtcDateTime()))
    partial_index(
        "ix_lockouts_unlock_asked",
        "lockouts",
        "unlock_asked_by",
        "unlock_asked_at",
        where="unlock_asked_at IS NOT NULL",
    )
