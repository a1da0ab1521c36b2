"""Pictures of timelines that were asked for."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "timeline_pictures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("asked_by", AutoString(), nullable=False),
        sa.Column("file_id", AutoString(), nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
    )
    partial_index(
        "ix_timeline_pictures_waiting",
        "timeline_pictures",
        "id",
        where="NOT is_settled",
        on_sqlite="is_settled = 0",
    )
