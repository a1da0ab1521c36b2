"""How far a release was put together, and an index that finds what waits in its order."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

INDEX, COLUMNS = "ix_ledger_lines_state", ["ledger_id", "cohort", "currency", "state"]


def upgrade() -> None:
    for name in ("done_line", "last_line"):
        op.add_column("ledger_releases", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.drop_index(INDEX, "ledger_lines")
    op.create_index(INDEX, "ledger_lines", [*COLUMNS, "id"])
