"""Rows of the outbox may be part of a row that brings several to Slack as one message."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.migrations.steps import partial_index

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        outbox.add_column(sa.Column("batch_group", AutoString(), nullable=True))
    for name, column in (("ix_outbox_batch", "batch_id"), ("ix_outbox_batch_group", "batch_group")):
        partial_index(name, "outbox", column, where=f"{column} IS NOT NULL")
