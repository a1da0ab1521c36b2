"""Declarations that wait for an answer; incidents that can be searched, merged and related."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.incidents.recognition import fold
from bot.runtime.database import UtcDateTime

revision = "0017"
down_revision = "0016"

INCIDENTS = sa.table(
    "incidents",
    sa.column("id", sa.Integer()),
    *(sa.column(name, AutoString()) for name in ("title", "description", "impact", "search_text")),
    *(sa.column(name, sa.JSON()) for name in ("sites", "partners")),
)


def upgrade() -> None:
    op.create_table(
        "pending_declarations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        sa.Column("user_id", AutoString(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("duplicates", sa.JSON(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_pending_declarations_asked_at", "pending_declarations", ["asked_at"])
    op.create_table(
        "related_incidents",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("related_id", sa.Integer(), sa.ForeignKey("incidents.id"), primary_key=True),
    )
    op.create_index("ix_related_incidents_related_id", "related_incidents", ["related_id"])
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("search_text", AutoString(), nullable=False, server_default=""))
        incidents.add_column(sa.Column("made_private_at", UtcDateTime(), nullable=True))
        incidents.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        incidents.create_foreign_key("fk_incidents_merged_into", "incidents", ["merged_into"], ["id"])
        incidents.create_index("ix_incidents_merged_into", ["merged_into"])
        incidents.create_index("ix_incidents_declared", ["declared_at"])
    _write_search_texts()


def _write_search_texts() -> None:
    for row in op.get_bind().execute(sa.select(INCIDENTS)).all():
        words = (row.title, row.description, row.impact, *row.sites, *row.partners)
        text = fold(" ".join(words))
        op.get_bind().execute(sa.update(INCIDENTS).where(INCIDENTS.c.id == row.id).values(search_text=text))
