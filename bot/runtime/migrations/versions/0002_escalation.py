"""Escalation ladders, who was told, alarms, and people by what is written behind the @."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("handle", AutoString(), nullable=False, server_default=""))
    _ladder_rungs()
    _pages()
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("key", "words"),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
    )
    partial_index("ux_alarms_open", "alarms", "key", where="cleared_at IS NULL", unique=True)


def _ladder_rungs() -> None:
    op.create_table(
        "ladder_rungs",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("after_s", sa.Integer(), nullable=False),
        sa.Column("tell", sa.JSON(), nullable=False),
        *texts("stops_on", "state"),
        sa.Column("due_at", UtcDateTime(), nullable=True),
    )
    partial_index("ix_ladder_rungs_due", "ladder_rungs", "due_at", where="due_at IS NOT NULL")


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("occasion", "user_id"),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("asked_by", AutoString(), nullable=True),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("answer", AutoString(), nullable=False),
        *moments("answered_at", "answer_by", nullable=True),
        sa.Column("obstacle", AutoString(), nullable=False),
        sa.Column("pager", AutoString(), nullable=True),
        sa.UniqueConstraint("incident_id", "occasion", "user_id"),
    )
    partial_index("ix_pages_unanswered", "pages", "answer_by", where="answer_by IS NOT NULL")
    partial_index("ix_pages_to_ring", "pages", "id", where="pager = 'wanted'")
