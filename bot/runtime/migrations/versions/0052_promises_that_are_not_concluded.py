"""An index of the few promises that are not concluded, among all that ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """To this shape."""
    condition = sa.text("state IN ('waiting', 'paused', 'sending')")
    op.create_index(
        "ix_promises_unconcluded",
        "promises",
        ["incident_id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
