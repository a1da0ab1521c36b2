"""Shifts from rosters, what is open in them, absences and swaps."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, numbers, partial_index, texts

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source", "external_id", "person"),
        sa.Column("user_id", AutoString()),
        *texts("role", "region", "site", "zone"),
        *moments("starts_at", "ends_at"),
        sa.Column("rostered", AutoString(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("source", "external_id"),
    )
    op.create_index("ix_shifts_time", "shifts", ["ends_at", "starts_at"])
    op.create_index("ix_shifts_start", "shifts", ["starts_at"])
    op.create_index("ix_shifts_user", "shifts", ["user_id", "ends_at"])
    op.create_table(
        "rosters",
        sa.Column("name", AutoString(), primary_key=True),
        sa.Column("content_hash", AutoString(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("error", AutoString(), nullable=False),
    )
    op.create_table("shift_clocks", sa.Column("name", AutoString(), primary_key=True), *moments("due_at"))
    _create_absences()
    _create_open_times()
    op.create_table(
        "shift_swaps",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("from_id", "to_id"),
        *numbers("shift_id", "for_shift_id", "open_time_id", nullable=True),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime()),
    )
    for column in ("shift_id", "for_shift_id", "open_time_id"):
        op.create_index(f"ix_shift_swaps_{column}", "shift_swaps", [column])


def _create_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", AutoString(), nullable=False),
        *moments("starts_at", "ends_at"),
        *texts("kind", "note", "by"),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        *moments("cancelled_at", "replaced_due_at", nullable=True),
    )
    op.create_index("ix_absences_user", "absences", ["user_id", "ends_at"])
    op.create_index("ix_absences_ends", "absences", ["ends_at"])
    op.create_index("ix_absences_replaced_due_at", "absences", ["replaced_due_at"])


def _create_open_times() -> None:
    op.create_table(
        "open_times",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("problem", "role", "region", "site"),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        *moments("starts_at", "ends_at"),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        *moments("escalate_at", "escalated_at", "settled_at", nullable=True),
        sa.Column("filled_by", AutoString()),
        sa.Column("answer", AutoString(), nullable=False),
        sa.Column("answered_by", AutoString()),
        sa.Column("answered_at", UtcDateTime()),
    )
    partial_index("ix_open_times_escalate", "open_times", "escalate_at", where="escalate_at IS NOT NULL")
    partial_index("ix_open_times_open", "open_times", "starts_at", where="state = 'open'")
    op.create_index("ix_open_times_found", "open_times", ["found_at"])
