"""The audiences that a private incident was given by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("audiences", sa.JSON(), nullable=False, server_default="[]"))
