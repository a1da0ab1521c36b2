"""When an incident's words were taken out, and whether they are to stay."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("purged_at", UtcDateTime(), nullable=True))
        incidents.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
