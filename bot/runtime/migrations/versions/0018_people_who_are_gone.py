"""People whose accounts are deactivated."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("is_gone", sa.Boolean(), nullable=False, server_default=sa.false()))
