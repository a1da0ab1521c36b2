"""The messages that show an escalation of a case, so that they can say who handles it."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.add_column("case_escalations", sa.Column("messages", sa.JSON(), nullable=False, server_default="[]"))
