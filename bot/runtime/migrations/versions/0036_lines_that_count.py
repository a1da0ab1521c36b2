"""One unique index over accounts that no change of state writes anew: an excluded line stands under its own id."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

CHECK, SAME = "ck_ledger_lines_excluded", "(state = 'excluded') = (excluded_id <> 0)"


def upgrade() -> None:
    op.add_column("ledger_lines", sa.Column("excluded_id", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE ledger_lines SET excluded_id = id WHERE state = 'excluded'")
    op.drop_index("ux_ledger_lines_account", "ledger_lines")
    op.drop_index("ix_ledger_lines_account", "ledger_lines")
    with op.batch_alter_table("ledger_lines") as lines:
        lines.alter_column("excluded_id", server_default=None)
        lines.create_check_constraint(CHECK, sa.text(SAME))
    op.create_index(
        "ux_ledger_lines_account", "ledger_lines", ["account_key", "ledger_id", "excluded_id"], unique=True
    )
