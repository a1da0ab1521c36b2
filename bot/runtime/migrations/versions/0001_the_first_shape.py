"""The first shape."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """To this shape."""
    op.create_table(
        "groups",
        sa.Column("handle", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("handle"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declared_key", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("description", AutoString(), nullable=False),
        sa.Column("impact", AutoString(), nullable=False),
        sa.Column("severity", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("front_door", AutoString(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("declared_by", AutoString(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("mitigated_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("channel_id", AutoString(), nullable=True),
        sa.Column("channel_name", AutoString(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel_id"),
        sa.UniqueConstraint("declared_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_active", "incidents", ["status", "id"])
    op.create_table(
        "known_channels",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "people",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("timezone", AutoString(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_stranger", sa.Boolean(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "displays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("channel_id", AutoString(), nullable=True),
        sa.Column("ts", AutoString(), nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", AutoString(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("drawn", AutoString(), nullable=False),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "kind", "subject"),
    )
    op.create_index("ix_displays_stale", "displays", ["retry_at"], **_where("wanted > shown"))
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", AutoString(), nullable=False),
        sa.Column("thread_ts", AutoString(), nullable=True),
        sa.Column("words", AutoString(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", AutoString(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.Column("ts", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_notices_incident_id", "notices", ["incident_id"])
    op.create_index(
        "ix_notices_unsent",
        "notices",
        ["retry_at"],
        sqlite_where=sa.text("is_settled = 0"),
        postgresql_where=sa.text("NOT is_settled"),
    )
    op.create_table(
        "participants",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("user_id", AutoString(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("incident_id", "user_id"),
    )
    op.create_table(
        "playbook_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("playbook", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("version", AutoString(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", AutoString(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_by", AutoString(), nullable=True),
        sa.Column("message_ts", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_playbook_runs_incident_id", "playbook_runs", ["incident_id"])
    op.create_index(
        "ux_playbook_runs_running",
        "playbook_runs",
        ["incident_id", "playbook"],
        unique=True,
        **_where("stopped_at IS NULL"),
    )
    op.create_table(
        "postmortems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", AutoString(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("file_id", AutoString(), nullable=True),
        sa.Column("channel_id", AutoString(), nullable=True),
        sa.Column("shared_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_postmortems_incident_id", "postmortems", ["incident_id"])
    op.create_index("ix_postmortems_undelivered", "postmortems", ["id"], **_where("delivered_at IS NULL"))
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("audience", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("cadence_s", sa.Integer(), nullable=True),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("next_due_at", UtcDateTime(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("occasion", AutoString(), nullable=False),
        sa.Column("requested_by", AutoString(), nullable=True),
        sa.Column("words", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "audience", "number"),
    )
    op.create_index("ix_promises_due", "promises", ["due_at"], **_where("state = 'waiting'"))
    op.create_table(
        "role_holders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("role", AutoString(), nullable=False),
        sa.Column("user_id", AutoString(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "role", "user_id"),
    )
    op.create_index("ix_role_holders_incident_id", "role_holders", ["incident_id"])
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("actor_id", AutoString(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("message_ts", AutoString(), nullable=True),
        sa.Column("source_key", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("incident_id", "source_key"),
    )
    op.create_index("ix_timeline_entries_order", "timeline_entries", ["incident_id", "at", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("channel_id", AutoString(), nullable=True),
        sa.Column("ts", AutoString(), nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("promise_id", "channel"),
    )
    op.create_index("ix_deliveries_promise_id", "deliveries", ["promise_id"])
    op.create_table(
        "playbook_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("step_key", AutoString(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phase", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("wanted_at", UtcDateTime(), nullable=True),
        sa.Column("owner_id", AutoString(), nullable=True),
        sa.Column("owner_role", AutoString(), nullable=False),
        sa.Column("required_before", AutoString(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("snoozed_by", AutoString(), nullable=True),
        sa.Column("repeat_at", UtcDateTime(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_by", AutoString(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("finished_by", AutoString(), nullable=True),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("out_of_order", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["playbook_runs.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "step_key"),
    )
    op.create_index("ix_playbook_steps_incident_id", "playbook_steps", ["incident_id"])
    op.create_index("ix_playbook_steps_owner_id", "playbook_steps", ["owner_id"])
    op.create_index("ix_playbook_steps_remind_at", "playbook_steps", ["remind_at"])
    op.create_index("ix_playbook_steps_repeat_at", "playbook_steps", ["repeat_at"])


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
