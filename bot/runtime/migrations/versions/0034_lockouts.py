"""Accounts that are locked out, and bursts of them that are proposed as incidents."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "lockout_bursts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_texts("partner", "state"),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        *_texts("declared_key"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        sa.Column("decided_by", AutoString()),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ux_lockout_bursts_open",
        "lockout_bursts",
        ["partner"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    _create_lockouts()


def _create_lockouts() -> None:
    op.create_table(
        "lockouts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_texts("source", "external_id", "user_id", "login", "partner", "release"),
        sa.Column("locked_at", UtcDateTime(), nullable=False),
        sa.Column("unlocked_at", UtcDateTime()),
        *(sa.Column(name, AutoString()) for name in ("claimed_by", "done_by", "told_by")),
        sa.Column("burst_id", sa.Integer(), sa.ForeignKey("lockout_bursts.id")),
        sa.UniqueConstraint("source", "external_id"),
    )
    is_locked = sa.text("unlocked_at IS NULL")
    op.create_index(
        "ix_lockouts_open",
        "lockouts",
        ["source", "user_id"],
        sqlite_where=is_locked,
        postgresql_where=is_locked,
    )
    op.create_index("ix_lockouts_partner", "lockouts", ["partner", "locked_at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, AutoString(), nullable=False) for name in names]
