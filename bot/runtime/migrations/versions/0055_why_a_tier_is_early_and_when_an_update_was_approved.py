"""Why a tier of the escalation ladder is paged early, and when an update was approved."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """To this shape; when earlier updates were approved is not known."""
    op.add_column("ladder_rungs", sa.Column("early_because", AutoString(), nullable=False, server_default=""))
    op.add_column("promises", sa.Column("approved_at", UtcDateTime()))
