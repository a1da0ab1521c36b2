"""The form that entered an absence or offered a shift, so that it takes effect once if it is sent twice."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"

TABLES = ("absences", "shift_handovers")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("key", sa.String(), nullable=True))
        op.create_index(f"ix_{table}_key", table, ["key"], unique=True)
