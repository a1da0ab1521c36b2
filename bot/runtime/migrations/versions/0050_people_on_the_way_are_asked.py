"""People who are on the way are asked to take command after a while, if nobody leads yet."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0050"
down_revision = "0049"

INDEX, EXPECTED = "ix_pages_arrivals", sa.text("arrive_by IS NOT NULL")


def upgrade() -> None:
    """To this shape."""
    op.add_column("pages", sa.Column("arrive_by", UtcDateTime()))
    op.create_index(INDEX, "pages", ["arrive_by"], sqlite_where=EXPECTED, postgresql_where=EXPECTED)
