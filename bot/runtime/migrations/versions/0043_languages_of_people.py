"""In which language Slack speaks to each person."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    op.add_column("people", sa.Column("locale", AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    """Back to the shape before."""
    with op.batch_alter_table("people") as table:
        table.drop_column("locale")
