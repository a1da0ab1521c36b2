"""Follow-ups and their weekly messages."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "follow_up_digests",
        sa.Column("week", AutoString(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("is_posted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("week"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("source_key", AutoString(), nullable=False),
        sa.Column("words", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("link", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("owner_id", AutoString(), nullable=True),
        sa.Column("asked_id", AutoString(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("zone", AutoString(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("added_by", AutoString(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("finished_by", AutoString(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_key"),
    )
    op.create_index(op.f("ix_follow_ups_incident_id"), "follow_ups", ["incident_id"])
    _partial_index("ix_follow_ups_due", "due_at", "state = 'open'")
    _partial_index("ix_follow_ups_owner", "owner_id", "state = 'open'")
    _partial_index("ix_follow_ups_finished", "finished_at", "finished_at IS NOT NULL")
    _partial_index("ix_follow_ups_remind", "remind_at", "remind_at IS NOT NULL")


def _partial_index(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "follow_ups", [column], sqlite_where=condition, postgresql_where=condition)
