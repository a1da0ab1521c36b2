"""Notices whose words changed after they were written: those that were sent are edited."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("amended_at", UtcDateTime(), nullable=True))
