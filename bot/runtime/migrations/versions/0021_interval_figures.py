"""Figures of queues by interval, the imports that bring them, and what is watched of them in an incident."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, numbers, partial_index, texts

revision = "0021"
down_revision = "0020"

FIGURES = (
    *("offered", "answered", "answered_in", "abandoned", "abandoned_in", "removed_in", "aht_s", "asa_s"),
    *("abandon_wait_s", "agents", "oldest_s", "imported_service_level"),
    *("forecast_offered", "forecast_aht_s", "forecast_agents"),
)


def upgrade() -> None:
    op.create_table(
        "figure_queues",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("name", "site", "partner", "language", "channel"),
        sa.UniqueConstraint("name", "site", "partner", "language", "channel"),
    )
    op.create_table(
        "figure_imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        *texts("source", "by"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        *numbers("rows", "left_out"),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        *moments("visible_at", "due_at", nullable=True),
    )
    op.create_index("ix_figure_imports_incident", "figure_imports", ["incident_id"])
    partial_index("ix_figure_imports_due", "figure_imports", "due_at", where="due_at IS NOT NULL")
    op.create_table(
        "interval_figures",
        sa.Column("queue_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("starts_at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("import_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float()) for name in FIGURES),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "figure_import_queues",
        sa.Column("import_id", sa.Integer(), sa.ForeignKey("figure_imports.id"), primary_key=True),
        sa.Column("queue_id", sa.Integer(), sa.ForeignKey("figure_queues.id"), primary_key=True),
    )
    op.create_table(
        "figure_column_maps",
        sa.Column("shape", AutoString(), primary_key=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    _create_what_people_see()


def _create_what_people_see() -> None:
    op.create_table(
        "figure_previews",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("file_id", AutoString(), nullable=False, unique=True),
        *texts("file_name", "channel_id", "ts"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True)),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "figure_watches",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("queue_id", sa.Integer(), sa.ForeignKey("figure_queues.id"), primary_key=True),
        sa.Column("alert", AutoString(), nullable=False),
        sa.Column("low_in_a_row", sa.Integer(), nullable=False),
        sa.Column("watched_until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "figure_summaries",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("line", AutoString(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "figure_requests",
        sa.Column("signature", AutoString(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_figure_requests_at", "figure_requests", ["at"])
