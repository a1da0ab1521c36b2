"""Caller messages with their versions, and routing faults; the incident itself knew only which variant was on."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, partial_index, texts

revision = "0023"
down_revision = "0022"

MESSAGES = """
INSERT INTO caller_messages (incident_id, version, on_by, on_at, look_at, due_at, escalations)
SELECT id, 1, '', since, since, since, 0
FROM (
    SELECT id, COALESCE(
        (SELECT MAX(at) FROM timeline_entries WHERE incident_id = incidents.id AND kind = 'front_door'), declared_at
    ) AS since
    FROM incidents
    WHERE front_door NOT IN ('', 'normal') AND status NOT IN ('closed', 'declined', 'merged')
) AS still_on
ORDER BY id
"""
VERSIONS = """
INSERT INTO caller_message_versions (message_id, version, variant, lines, texts, approved_by, set_by, at)
SELECT caller_messages.id, 1, incidents.front_door, '[]', '{}', '', '', caller_messages.on_at
FROM caller_messages JOIN incidents ON incidents.id = caller_messages.incident_id
"""


def upgrade() -> None:
    op.create_table(
        "caller_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("on_by", AutoString(), nullable=False),
        sa.Column("on_at", UtcDateTime(), nullable=False),
        *_answer("heard"),
        *_answer("gone"),
        sa.Column("look_at", UtcDateTime(), nullable=False),
        *moments("due_at", "reminded_at", nullable=True),
        sa.Column("escalations", sa.Integer(), nullable=False),
        *_answer("off"),
    )
    op.create_index("ix_caller_messages_incident_id", "caller_messages", ["incident_id"])
    _index_due("caller_messages")
    op.create_table(
        "caller_message_versions",
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("caller_messages.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("variant", AutoString(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        *texts("approved_by", "set_by"),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    _create_routing_faults()
    _keep_what_is_on()
    op.drop_column("incidents", "front_door")


def _answer(name: str) -> tuple[sa.Column[str], sa.Column[UtcDateTime]]:
    return sa.Column(f"{name}_by", AutoString()), sa.Column(f"{name}_at", UtcDateTime())


def _index_due(table: str) -> None:
    partial_index(f"ix_{table}_due", table, "due_at", where="due_at IS NOT NULL")


def _create_routing_faults() -> None:
    op.create_table(
        "routing_faults",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("wrong", "examples", "workaround"),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("asked_by", AutoString(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("owner_id", AutoString()),
        sa.Column("answer_by", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("escalations", sa.Integer(), nullable=False),
        *texts("state", "answer"),
        *_answer("answered"),
    )
    op.create_index("ix_routing_faults_incident_id", "routing_faults", ["incident_id"])
    _index_due("routing_faults")


def _keep_what_is_on() -> None:
    """Somebody is asked at once about what callers still hear: its wording was not recorded before."""
    op.execute(MESSAGES)
    op.execute(VERSIONS)
