"""The public channel of an incident that became private: what was said before is still read there."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("former_channel_id", AutoString(), nullable=True))
