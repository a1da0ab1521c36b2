"""Cases that were moved, what was said about intake, and guides that are missing."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import texts

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("moved_from", AutoString()))
    op.create_table(
        "case_alerts",
        sa.Column("key", AutoString(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "knowledge_gaps",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False, unique=True),
        *texts("title", "text", "state"),
        *texts("owner_id", "reviewer_id", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
    )
