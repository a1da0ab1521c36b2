"""Where people talk, what a partner's agents say, and handovers that somebody must accept."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0019"
down_revision = "0018"

PENDING = sa.text("state = 'pending'")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """To this shape."""
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("bridge", AutoString(), nullable=False, server_default=""))
    _create_partner_guidance()
    _create_handovers()


def _create_partner_guidance() -> None:
    op.create_table(
        "partner_guidance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("agents_say", AutoString(), nullable=False),
        sa.Column("agents_do_not_say", AutoString(), nullable=False),
        sa.Column("workaround", AutoString(), nullable=False),
        sa.Column("relief", AutoString(), nullable=False),
        sa.Column("written_by", AutoString(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "language"),
    )


def _create_handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("item", AutoString(), nullable=False),
        sa.Column("from_id", AutoString(), nullable=False),
        sa.Column("to_id", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("summary", AutoString(), nullable=False),
        sa.Column("note", AutoString(), nullable=False),
        sa.Column("question", AutoString(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("escalated_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("handovers") as handovers:
        handovers.create_index("ix_handovers_incident_id", ["incident_id"])
        handovers.create_index(
            "ux_handovers_pending",
            ["incident_id", "kind"],
            unique=True,
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        )
        handovers.create_index("ix_handovers_due", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
