"""Deadlines that sources computed, the team of an escalation, refused notes, guides published beside a draft."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import texts

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "published_guides",
        sa.Column("gap_id", sa.Integer(), sa.ForeignKey("knowledge_gaps.id"), primary_key=True),
        *texts("title", "text"),
    )
    op.execute(
        "INSERT INTO published_guides (gap_id, title, text) "
        "SELECT id, title, text FROM knowledge_gaps WHERE state = 'published'"
    )
    op.add_column("case_notes", sa.Column("refused_at", UtcDateTime()))
    op.add_column("cases", sa.Column("promised_at", UtcDateTime()))
    op.add_column("case_escalations", sa.Column("team", AutoString(), nullable=False, server_default=""))
