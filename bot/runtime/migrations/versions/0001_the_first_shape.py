"""The first shape."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import moments, numbers, partial_index, texts

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("handle", AutoString(), primary_key=True),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("declared_key", "title", "description", "impact", "severity", "type", "status"),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("front_door", AutoString(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("declared_by", AutoString(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        *moments("mitigated_at", "resolved_at", "closed_at", nullable=True),
        *texts("channel_id", "channel_name", nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("channel_id"),
        sa.UniqueConstraint("declared_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_active", "incidents", ["status", "id"])
    op.create_table(
        "known_channels",
        sa.Column("name", AutoString(), primary_key=True),
        sa.Column("id", AutoString(), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", AutoString(), primary_key=True),
        *texts("name", "timezone"),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_stranger", sa.Boolean(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "displays",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("kind", "subject"),
        *numbers("wanted", "shown"),
        *texts("channel_id", "ts", nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", AutoString(), nullable=True),
        *numbers("failures", "losses"),
        sa.Column("drawn", AutoString(), nullable=False),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.UniqueConstraint("incident_id", "kind", "subject"),
    )
    partial_index("ix_displays_stale", "displays", "retry_at", where="wanted > shown")
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", AutoString(), nullable=False, unique=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=True),
        sa.Column("channel_id", AutoString(), nullable=False),
        sa.Column("thread_ts", AutoString(), nullable=True),
        sa.Column("words", AutoString(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", AutoString(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        *texts("trouble", "ts", nullable=True),
    )
    op.create_index("ix_notices_incident_id", "notices", ["incident_id"])
    partial_index("ix_notices_unsent", "notices", "retry_at", where="NOT is_settled", on_sqlite="is_settled = 0")
    op.create_table(
        "participants",
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("user_id", AutoString(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "user_id"),
    )
    op.create_table(
        "playbook_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("playbook", "title", "version"),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", AutoString(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        *texts("stopped_by", "message_ts", nullable=True),
    )
    op.create_index("ix_playbook_runs_incident_id", "playbook_runs", ["incident_id"])
    partial_index(
        "ux_playbook_runs_running",
        "playbook_runs",
        "incident_id",
        "playbook",
        where="stopped_at IS NULL",
        unique=True,
    )
    op.create_table(
        "postmortems",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("recipient_id", AutoString(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        *texts("file_id", "channel_id", nullable=True),
        *moments("shared_at", "delivered_at", nullable=True),
        sa.Column("trouble", AutoString(), nullable=True),
    )
    op.create_index("ix_postmortems_incident_id", "postmortems", ["incident_id"])
    partial_index("ix_postmortems_undelivered", "postmortems", "id", where="delivered_at IS NULL")
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("audience", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("cadence_s", sa.Integer(), nullable=True),
        *moments("promised_at", "due_at"),
        *moments("sent_at", "next_due_at", nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("occasion", AutoString(), nullable=False),
        sa.Column("requested_by", AutoString(), nullable=True),
        sa.Column("words", AutoString(), nullable=False),
        sa.UniqueConstraint("incident_id", "audience", "number"),
    )
    partial_index("ix_promises_due", "promises", "due_at", where="state = 'waiting'")
    op.create_table(
        "role_holders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("role", "user_id"),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("incident_id", "role", "user_id"),
    )
    op.create_index("ix_role_holders_incident_id", "role_holders", ["incident_id"])
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("actor_id", AutoString(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        *texts("message_ts", "source_key", nullable=True),
        sa.UniqueConstraint("incident_id", "source_key"),
    )
    op.create_index("ix_timeline_entries_order", "timeline_entries", ["incident_id", "at", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("promise_id", sa.Integer(), sa.ForeignKey("promises.id"), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        *texts("channel_id", "ts", nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.UniqueConstraint("promise_id", "channel"),
    )
    op.create_index("ix_deliveries_promise_id", "deliveries", ["promise_id"])
    op.create_table(
        "playbook_steps",
        sa.Column("id", sa.Integer(), primary_key=True),
        *numbers("run_id", "incident_id"),
        sa.Column("step_key", AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *texts("phase", "title", "state"),
        sa.Column("wanted_at", UtcDateTime(), nullable=True),
        sa.Column("owner_id", AutoString(), nullable=True),
        *texts("owner_role", "required_before"),
        sa.Column("asks", sa.Boolean(), nullable=False),
        *moments("due_at", "remind_at", nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("snoozed_by", AutoString(), nullable=True),
        sa.Column("repeat_at", UtcDateTime(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_by", AutoString(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        *texts("finished_by", "reason", nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("out_of_order", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["playbook_runs.id"]),
        sa.UniqueConstraint("run_id", "step_key"),
    )
    op.create_index("ix_playbook_steps_incident_id", "playbook_steps", ["incident_id"])
    op.create_index("ix_playbook_steps_owner_id", "playbook_steps", ["owner_id"])
    op.create_index("ix_playbook_steps_remind_at", "playbook_steps", ["remind_at"])
    op.create_index("ix_playbook_steps_repeat_at", "playbook_steps", ["repeat_at"])
