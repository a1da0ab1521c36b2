"""What reviews found is proposed as a change of a playbook."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import texts

revision = "0040"
down_revision = "0039"

TABLE = "playbook_proposals"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        *texts("playbook_name", "text"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id")),
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        *texts("owner_id", "decides_id", "state", "reason"),
        sa.Column("decided_at", UtcDateTime()),
    )
    op.create_index("ix_playbook_proposals_incident_id", TABLE, ["incident_id"])
    op.create_index("ix_playbook_proposals_state", TABLE, ["state"])
