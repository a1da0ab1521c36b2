"""What a file of cases contained, and when it was imported, so that its next preview can say so."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.add_column("case_previews", sa.Column("content_hash", AutoString(), nullable=False, server_default=""))
    op.add_column("case_previews", sa.Column("imported_at", UtcDateTime()))
