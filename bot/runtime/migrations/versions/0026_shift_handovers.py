"""Shifts handed over item by item, who is accountable for what since when, and what is watched."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0026"
down_revision = "0025"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, AutoString(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _partial(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "shift_handovers",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("from_id", "to_id", "state", "risks", "contingencies", "repeated")),
        sa.Column("present", sa.JSON(), nullable=False),
        _moment("offered_at"),
        *(_moment(name, nullable=True) for name in ("due_at", "escalated_at", "completed_at")),
    )
    _partial("ix_shift_handovers_due", "shift_handovers", "due_at", "due_at IS NOT NULL")
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
    _partial("ux_handovers_item", "handovers", "item", "state = 'pending' AND kind = 'shift'", unique=True)
    op.create_table(
        "accountabilities",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("item"),
        _text("user_id"),
        _moment("since"),
        _moment("until", nullable=True),
        _text("reason"),
    )
    _partial("ux_accountabilities_item", "accountabilities", "item", "until IS NULL", unique=True)
    _partial("ix_accountabilities_user", "accountabilities", "user_id", "until IS NULL")
    op.create_index("ix_accountabilities_of_item", "accountabilities", ["item", "since"])
    op.create_table(
        "watch_items",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("text"),
        _text("by"),
        _moment("added_at"),
        sa.Column("done_by", AutoString()),
        _moment("done_at", nullable=True),
    )
    _partial("ix_watch_items_open", "watch_items", "id", "done_at IS NULL")


def _pending(where: str) -> None:
    op.drop_index("ux_handovers_pending", "handovers")
    condition, columns = sa.text(where), ["incident_id", "kind"]
    op.create_index(
        "ux_handovers_pending",
        "handovers",
        columns,
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )
