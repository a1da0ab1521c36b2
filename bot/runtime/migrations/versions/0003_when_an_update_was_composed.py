"""When an update was composed: what happens afterwards is news for the next one."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("promises") as promises:
        promises.add_column(sa.Column("composed_at", UtcDateTime(), nullable=True))
