"""Shifts from rosters, what is open in them, absences and swaps."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0025"
down_revision = "0024"


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, AutoString(), nullable=False, primary_key=primary_key)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _partial(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("source", "external_id", "person")),
        sa.Column("user_id", AutoString()),
        *(_text(name) for name in ("role", "region", "site", "zone")),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("rostered"),
        _moment("changed_at"),
        sa.UniqueConstraint("source", "external_id"),
    )
    op.create_index("ix_shifts_time", "shifts", ["ends_at", "starts_at"])
    op.create_index("ix_shifts_start", "shifts", ["starts_at"])
    op.create_index("ix_shifts_user", "shifts", ["user_id", "ends_at"])
    op.create_table(
        "rosters",
        _text("name", primary_key=True),
        _text("content_hash"),
        _moment("read_at"),
        _text("by"),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        _text("error"),
    )
    op.create_table("shift_clocks", _text("name", primary_key=True), _moment("due_at"))
    _create_absences()
    _create_open_times()
    op.create_table(
        "shift_swaps",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("from_id"),
        _text("to_id"),
        *(sa.Column(name, sa.Integer()) for name in ("shift_id", "for_shift_id", "open_time_id")),
        _text("state"),
        _moment("asked_at"),
        _moment("answered_at", nullable=True),
    )
    for column in ("shift_id", "for_shift_id", "open_time_id"):
        op.create_index(f"ix_shift_swaps_{column}", "shift_swaps", [column])


def _create_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("user_id"),
        _moment("starts_at"),
        _moment("ends_at"),
        *(_text(name) for name in ("kind", "note", "by")),
        _moment("entered_at"),
        _moment("cancelled_at", nullable=True),
        _moment("replaced_due_at", nullable=True),
    )
    op.create_index("ix_absences_user", "absences", ["user_id", "ends_at"])
    op.create_index("ix_absences_ends", "absences", ["ends_at"])
    op.create_index("ix_absences_replaced_due_at", "absences", ["replaced_due_at"])


def _create_open_times() -> None:
    op.create_table(
        "open_times",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("problem", "role", "region", "site")),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("state"),
        _moment("found_at"),
        sa.Column("told", sa.JSON(), nullable=False),
        *(_moment(name, nullable=True) for name in ("escalate_at", "escalated_at", "settled_at")),
        sa.Column("filled_by", AutoString()),
        _text("answer"),
        sa.Column("answered_by", AutoString()),
        _moment("answered_at", nullable=True),
    )
    _partial("ix_open_times_escalate", "open_times", "escalate_at", "escalate_at IS NOT NULL")
    _partial("ix_open_times_open", "open_times", "starts_at", "state = 'open'")
    op.create_index("ix_open_times_found", "open_times", ["found_at"])
