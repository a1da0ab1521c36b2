"""Requests that were let in, so that none is let in twice; channels heard in before it was known whose they are."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "signed_requests",
        sa.Column("digest", AutoString(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_signed_requests_at", "signed_requests", ["at"])
    op.create_table(
        "heard_early",
        sa.Column("channel_id", AutoString(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_heard_early_at", "heard_early", ["at"])
