"""Similar cases are proposed once: a group has its traits and its first case for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("case_clusters", sa.Column("occasion", sa.String(), nullable=True))
    # Those that are there are told apart by their own numbers: two of them may be of one occasion.
    op.execute("UPDATE case_clusters SET occasion = 'cluster ' || id")
    with op.batch_alter_table("case_clusters") as table:
        table.alter_column("occasion", existing_type=sa.String(), nullable=False)
    op.create_index("ix_case_clusters_occasion", "case_clusters", ["occasion"], unique=True)
