"""Indexes that find the few rows of now among all that ever were; the subject says that a manager is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

OUTBOX = sa.table("outbox", sa.column("kind"), sa.column("subject", sa.String), sa.column("payload"))
MANAGER = ":manager"


def upgrade() -> None:
    """To this shape."""
    is_for_manager = sa.cast(OUTBOX.c.payload, sa.Text).contains('"is_manager": true')
    op.execute(_set_subject(OUTBOX.c.subject + MANAGER).where(is_for_manager))
    op.drop_index("ix_promises_draft_id", "promises")
    _create_index("ix_promises_draft_id", "promises", ["draft_id"], "draft_id IS NOT NULL")
    op.drop_index("ix_outbox_batch_group", "outbox")
    _create_index("ix_outbox_batch_group", "outbox", ["batch_group", "attempted_at"], "batch_group IS NOT NULL")
    op.drop_index("ix_outbox_incident_id", "outbox")
    _create_index("ix_outbox_incident_id", "outbox", ["incident_id"], "incident_id IS NOT NULL")
    _create_index("ix_outbox_of_none", "outbox", ["incident_id", "kind", "subject"], "incident_id IS NULL")


def _create_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _set_subject(subject: sa.ColumnElement[str]) -> sa.Update:
    return sa.update(OUTBOX).where(OUTBOX.c.kind == "open_time").values(subject=subject)
