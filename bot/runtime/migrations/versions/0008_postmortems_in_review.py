"""Post-mortems with versions, copies, an author, a review and a due date; messages found by where they are."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import numbers, partial_index, texts

revision = "0008"
down_revision = "0007"

BEHIND = "shared_version < wanted_version AND trouble IS NULL"
OLD = ("recipient_id", "file_id", "channel_id", "shared_at", "delivered_at", "trouble")


def upgrade() -> None:
    _versions()
    _copies()
    _keep_what_was_delivered()
    _postmortems()
    op.create_index("ix_displays_message", "displays", ["channel_id", "ts"])


def _versions() -> None:
    op.create_table(
        "postmortem_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("postmortem_id", sa.Integer(), sa.ForeignKey("postmortems.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", AutoString(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("uploaded_file_id", AutoString(), nullable=True, unique=True),
        sa.Column("uploaded_name", AutoString(), nullable=False),
        sa.UniqueConstraint("postmortem_id", "number"),
    )


def _copies() -> None:
    op.create_table(
        "postmortem_copies",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("postmortem_id", sa.Integer(), sa.ForeignKey("postmortems.id"), nullable=False),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("is_reviewer", sa.Boolean(), nullable=False),
        *texts("verdict", "comment"),
        *numbers("wanted_version", "shared_version", "attempted_version"),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.UniqueConstraint("postmortem_id", "place"),
    )
    partial_index("ix_postmortem_copies_behind", "postmortem_copies", "id", where=BEHIND)
    op.create_table(
        "postmortem_files",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("copy_id", sa.Integer(), sa.ForeignKey("postmortem_copies.id"), nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *texts("kind", "name", "file_id"),
    )


def _keep_what_was_delivered() -> None:
    """Each draft of before is the first version, with one copy; what did not arrive yet is delivered anew."""
    op.execute(
        "INSERT INTO postmortem_versions (postmortem_id, number, at, uploaded_name)"
        " SELECT id, 1, requested_at, '' FROM postmortems"
    )
    op.execute(
        "INSERT INTO postmortem_copies (postmortem_id, incident_id, place, is_published, is_reviewer, verdict,"
        " comment, wanted_version, shared_version, attempted_version, delivered_at, trouble)"
        " SELECT id, incident_id, recipient_id, false, false, '', '', 1,"
        " CASE WHEN delivered_at IS NULL THEN 0 ELSE 1 END, CASE WHEN delivered_at IS NULL THEN 0 ELSE 1 END,"
        " delivered_at, trouble FROM postmortems"
    )
    op.execute(
        "INSERT INTO postmortem_files (copy_id, version, kind, name, file_id)"
        " SELECT c.id, 1, 'markdown', 'post-mortem-' || p.incident_id || '.md', p.file_id"
        " FROM postmortems p JOIN postmortem_copies c ON c.postmortem_id = p.id"
        " WHERE p.file_id IS NOT NULL AND p.delivered_at IS NOT NULL"
    )


def _postmortems() -> None:
    op.drop_index("ix_postmortems_undelivered", "postmortems")
    with op.batch_alter_table("postmortems") as postmortems:
        postmortems.add_column(sa.Column("asked_key", AutoString(), nullable=True))
        postmortems.create_unique_constraint("uq_postmortems_asked_key", ["asked_key"])
        postmortems.add_column(sa.Column("state", AutoString(), nullable=False, server_default="draft"))
        postmortems.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        postmortems.add_column(sa.Column("author_id", AutoString(), nullable=True))
        postmortems.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        postmortems.add_column(sa.Column("remind_at", UtcDateTime(), nullable=True))
        postmortems.add_column(sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
        postmortems.add_column(sa.Column("published_at", UtcDateTime(), nullable=True))
        postmortems.add_column(sa.Column("published_by", AutoString(), nullable=True))
        postmortems.add_column(sa.Column("canvas_id", AutoString(), nullable=True))
        postmortems.add_column(sa.Column("canvas_at", UtcDateTime(), nullable=True))
        for name in OLD:
            postmortems.drop_column(name)
    partial_index("ix_postmortems_remind_at", "postmortems", "remind_at", where="remind_at IS NOT NULL")
