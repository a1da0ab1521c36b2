"""Accounts that are locked out, and bursts of them that are proposed as incidents."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "lockout_bursts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("partner", "state"),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        *moments("first_at", "asked_at"),
        sa.Column("declared_key", AutoString(), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        sa.Column("decided_by", AutoString()),
    )
    partial_index("ux_lockout_bursts_open", "lockout_bursts", "partner", where="state = 'open'", unique=True)
    _create_lockouts()


def _create_lockouts() -> None:
    op.create_table(
        "lockouts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source", "external_id", "user_id", "login", "partner", "release"),
        sa.Column("locked_at", UtcDateTime(), nullable=False),
        sa.Column("unlocked_at", UtcDateTime()),
        *texts("claimed_by", "done_by", "told_by", nullable=True),
        sa.Column("burst_id", sa.Integer(), sa.ForeignKey("lockout_bursts.id")),
        sa.UniqueConstraint("source", "external_id"),
    )
    partial_index("ix_lockouts_open", "lockouts", "source", "user_id", where="unlocked_at IS NULL")
    op.create_index("ix_lockouts_partner", "lockouts", ["partner", "locked_at"])
