"""Shifts handed over item by item, who is accountable for what since when, and what is watched."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "shift_handovers",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("from_id", "to_id", "state", "risks", "contingencies", "repeated"),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        *moments("due_at", "escalated_at", "completed_at", nullable=True),
    )
    partial_index("ix_shift_handovers_due", "shift_handovers", "due_at", where="due_at IS NOT NULL")
    op.create_index("ix_shift_handovers_offered", "shift_handovers", ["offered_at"])
    op.create_index("ix_shift_handovers_from", "shift_handovers", ["from_id", "state"])
    with op.batch_alter_table("handovers") as handovers:
        handovers.add_column(sa.Column("shift_id", sa.Integer(), nullable=True))
        handovers.add_column(sa.Column("content", sa.JSON(), nullable=True))
        handovers.add_column(sa.Column("fingerprint", AutoString(), nullable=False, server_default=""))
        handovers.create_foreign_key("fk_handovers_shift", "shift_handovers", ["shift_id"], ["id"])
    op.create_index("ix_handovers_shift_id", "handovers", ["shift_id"])
    # Of a shift several items of one incident may wait for an answer.
    _pending("state = 'pending' AND kind <> 'shift'")
    partial_index(
        "ux_handovers_item", "handovers", "item", where="state = 'pending' AND kind = 'shift'", unique=True
    )
    op.create_table(
        "accountabilities",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("item", "user_id"),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime()),
        sa.Column("reason", AutoString(), nullable=False),
    )
    partial_index("ux_accountabilities_item", "accountabilities", "item", where="until IS NULL", unique=True)
    partial_index("ix_accountabilities_user", "accountabilities", "user_id", where="until IS NULL")
    op.create_index("ix_accountabilities_of_item", "accountabilities", ["item", "since"])
    op.create_table(
        "watch_items",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("text", "by"),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("done_by", AutoString()),
        sa.Column("done_at", UtcDateTime()),
    )
    partial_index("ix_watch_items_open", "watch_items", "id", where="done_at IS NULL")


def _pending(where: str) -> None:
    op.drop_index("ux_handovers_pending", "handovers")
    partial_index("ux_handovers_pending", "handovers", "incident_id", "kind", where=where, unique=True)
