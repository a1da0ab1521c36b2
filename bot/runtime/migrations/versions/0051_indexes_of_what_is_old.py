"""Indexes that find the few rows of now among all that ever were; the subject says that a manager is asked."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.migrations.steps import partial_index

revision = "0051"
down_revision = "0050"

OUTBOX = sa.table("outbox", sa.column("kind"), sa.column("subject", sa.String), sa.column("payload"))
MANAGER = ":manager"


def upgrade() -> None:
    is_for_manager = sa.cast(OUTBOX.c.payload, sa.Text).contains('"is_manager": true')
    op.execute(_set_subject(OUTBOX.c.subject + MANAGER).where(is_for_manager))
    op.drop_index("ix_promises_draft_id", "promises")
    partial_index("ix_promises_draft_id", "promises", "draft_id", where="draft_id IS NOT NULL")
    op.drop_index("ix_outbox_batch_group", "outbox")
    partial_index("ix_outbox_batch_group", "outbox", "batch_group", "attempted_at", where="batch_group IS NOT NULL")
    op.drop_index("ix_outbox_incident_id", "outbox")
    partial_index("ix_outbox_incident_id", "outbox", "incident_id", where="incident_id IS NOT NULL")
    partial_index("ix_outbox_of_none", "outbox", "incident_id", "kind", "subject", where="incident_id IS NULL")


def _set_subject(subject: sa.ColumnElement[str]) -> sa.Update:
    return sa.update(OUTBOX).where(OUTBOX.c.kind == "open_time").values(subject=subject)
