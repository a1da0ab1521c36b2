"""What is asked for locked accounts, alone or many at once, and sign-ins that failed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import texts

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "lockout_batches",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        *texts("action", "state", "by"),
        sa.Column("lockouts", sa.JSON(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", AutoString()),
    )
    op.create_table(
        "lockout_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("lockout_id", sa.Integer(), sa.ForeignKey("lockouts.id"), nullable=False),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("lockout_batches.id")),
        *texts("action", "by", "trouble"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime()),
    )
    op.create_index("ix_lockout_requests_by", "lockout_requests", ["by", "asked_at"])
    op.create_index("ix_lockout_requests_batch", "lockout_requests", ["batch_id"])
    _create_sign_in_failures()
    # Who asked for an unlock is in a request now; it mattered for ten minutes.
    op.drop_index("ix_lockouts_unlock_asked", "lockouts")
    for name in ("unlock_asked_by", "unlock_asked_at"):
        op.drop_column("lockouts", name)


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source", "external_id", "user_id", "login", "partner", "reason", "address", "place", "client"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("source", "external_id"),
    )
    op.create_index("ix_sign_in_failures_at", "sign_in_failures", ["at"])
    op.create_index("ix_sign_in_failures_login", "sign_in_failures", ["login", "at"])
    op.create_index("ix_sign_in_failures_partner", "sign_in_failures", ["partner", "at"])
