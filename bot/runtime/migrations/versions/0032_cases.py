"""Cases of other systems, what was decided about them, similar cases, escalations."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    _create_cases()
    _create_what_follows()
    _create_clocks()


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("source", "external_id", "kind", "name", "title", "text", "customer", "priority", "region"),
        *texts("team", "owner", "state", "phase", "url", "schedule"),
        sa.Column("owner_id", AutoString()),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        *moments("opened_at", "started_at", "updated_at", "touched_at"),
        *moments("due_at", "ended_at", "snoozed_until", "examine_at", nullable=True),
        sa.Column("target_s", sa.Integer()),
        sa.Column("is_breached", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("source", "external_id"),
    )
    partial_index("ix_cases_open", "cases", "due_at", where="is_open", on_sqlite="is_open = 1")
    partial_index("ix_cases_unseen", "cases", "examine_at", where="examine_at IS NOT NULL")
    for name in ("touched", "opened", "ended"):
        op.create_index(f"ix_cases_{name}", "cases", [f"{name}_at"])
    op.create_table(
        "case_states",
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("at", UtcDateTime(), primary_key=True),
        sa.Column("state", AutoString(), primary_key=True),
        sa.Column("phase", AutoString(), nullable=False),
    )
    op.create_table(
        "case_notes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        *texts("kind", "by", "text"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("written_at", UtcDateTime()),
    )
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])
    op.create_table(
        "incident_cases",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_incident_cases_case_id", "incident_cases", ["case_id"])


def _create_what_follows() -> None:
    op.create_table(
        "case_previews",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("file_id", AutoString(), nullable=False, unique=True),
        *texts("file_name", "channel_id", "ts", "by", "state"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )


def _create_clocks() -> None:
    op.create_table(
        "case_escalations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        *moments("due_at", "ended_at", nullable=True),
        sa.Column("answered_by", AutoString()),
    )
    op.create_index("ix_case_escalations_case_id", "case_escalations", ["case_id"])
    partial_index("ix_case_escalations_due", "case_escalations", "due_at", where="due_at IS NOT NULL")
    partial_index(
        "ix_case_escalations_open", "case_escalations", "case_id", "kind", where="ended_at IS NULL", unique=True
    )
    op.create_table(
        "case_boards",
        sa.Column("channel", AutoString(), primary_key=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "case_clusters",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("key", "title", "state", "by", "reason"),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        *moments("at", "first_at", "last_at"),
        *moments("alerted_at", "decided_at", nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("window_s", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
    )
    op.create_index("ix_case_clusters_at", "case_clusters", ["at"])
    op.create_index("ix_case_clusters_incident_id", "case_clusters", ["incident_id"])
    op.create_table(
        "case_cluster_members",
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("case_clusters.id"), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), primary_key=True),
    )
