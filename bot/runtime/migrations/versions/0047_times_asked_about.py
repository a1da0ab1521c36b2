"""The times that a colleague was asked to work, which may move before the answer."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime

revision = "0047"
down_revision = "0046"

COLUMNS = ("starts_at", "ends_at", "for_starts_at", "for_ends_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("shift_swaps", sa.Column(name, UtcDateTime()))
