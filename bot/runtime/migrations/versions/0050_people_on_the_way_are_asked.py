"""People who are on the way are asked to take command after a while, if nobody leads yet."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import partial_index

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("pages", sa.Column("arrive_by", UtcDateTime()))
    partial_index("ix_pages_arrivals", "pages", "arrive_by", where="arrive_by IS NOT NULL")
