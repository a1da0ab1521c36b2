"""In which language Slack speaks to each person."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("people", sa.Column("locale", AutoString(), nullable=False, server_default=""))
