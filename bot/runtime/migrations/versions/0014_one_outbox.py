"""Everything that is to be in Slack is a row of one table."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import numbers, partial_index, texts

revision = "0014"
down_revision = "0013"

UNSETTLED = "wanted > shown AND refused IS NULL"
# What every change of an incident marks stale.
FOLLOWING = "('card', 'digest', 'topic', 'run', 'partner')"


def upgrade() -> None:
    _create()
    _copy_displays()
    _copy_notices()
    _copy_deliveries()
    op.drop_table("deliveries")
    op.drop_table("displays")
    op.drop_table("notices")


def _create() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        *texts("key", "kind"),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=True),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("is_rendered", sa.Boolean(), nullable=False),
        sa.Column("follows_incident", sa.Boolean(), nullable=False),
        *texts("channel_id", "thread_ts", nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("lane", AutoString(), nullable=True),
        *numbers("priority", "wanted", "shown"),
        sa.Column("ts", AutoString(), nullable=True),
        sa.Column("content_hash", AutoString(), nullable=False),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", AutoString(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *texts("refused", "error", nullable=True),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_outbox_incident_id", "outbox", ["incident_id"])
    op.create_index("ix_outbox_message", "outbox", ["channel_id", "ts"])
    partial_index(
        "ix_outbox_rendered",
        "outbox",
        "incident_id",
        "kind",
        "subject",
        where="is_rendered",
        on_sqlite="is_rendered = 1",
        unique=True,
    )
    partial_index("ix_outbox_due", "outbox", "priority", "retry_at", where=UNSETTLED)
    partial_index("ix_outbox_lane", "outbox", "lane", where=f"lane IS NOT NULL AND {UNSETTLED}")


def _copy_displays() -> None:
    op.execute(
        f"""
        INSERT INTO outbox (key, kind, incident_id, subject, is_rendered, follows_incident, channel_id, priority,
            wanted, shown, ts, content_hash, attempted_at, looked, retry_at, attempts, error, replaced)
        SELECT kind || ':' || incident_id || ':' || subject || ':' || losses, kind, incident_id, subject,
            {_bool(1)}, kind IN {FOLLOWING}, channel_id, CASE kind WHEN 'card' THEN 0 ELSE 5 END,
            wanted, shown, ts, drawn, attempted_at, 0, {_now()}, failures, trouble, losses
        FROM displays ORDER BY id
        """  # noqa: S608 - nothing in it comes from outside
    )
    # A topic was kept as its words; it is set once more.
    op.execute("UPDATE outbox SET content_hash = '' WHERE kind IN ('topic', 'bookmark', 'pin')")


def _copy_notices() -> None:
    payload = {
        "sqlite": "json_object('text', words, 'blocks', json(blocks))",
        "postgresql": "json_build_object('text', words, 'blocks', blocks)",
    }[op.get_bind().dialect.name]
    op.execute(
        f"""
        INSERT INTO outbox (key, kind, incident_id, subject, is_rendered, follows_incident, channel_id, thread_ts,
            payload, priority, wanted, shown, ts, content_hash, attempted_at, looked, retry_at, attempts, refused,
            error, replaced)
        SELECT key, 'message', incident_id, '', {_bool(0)}, {_bool(0)}, channel_id, thread_ts,
            {payload}, 5,
            CASE WHEN ts IS NOT NULL AND {_is(False)} THEN 2 ELSE 1 END,
            CASE WHEN ts IS NOT NULL OR ({_is(True)} AND trouble IS NULL) THEN 1 ELSE 0 END,
            ts, '', attempted_at, 0, CASE WHEN {_is(False)} THEN {_now()} ELSE retry_at END, failures,
            CASE WHEN {_is(True)} AND ts IS NULL THEN trouble END,
            CASE WHEN {_is(False)} THEN trouble END, 0
        FROM notices ORDER BY id
        """  # noqa: S608 - likewise
    )


def _copy_deliveries() -> None:
    """Each update's way to one channel; the words are the promise's."""
    op.execute(
        f"""
        INSERT INTO outbox (key, kind, incident_id, subject, is_rendered, follows_incident, channel_id, lane,
            priority, wanted, shown, ts, content_hash, attempted_at, looked, retry_at, attempts, refused, error,
            replaced)
        SELECT 'update:' || p.incident_id || ':' || p.audience || ':' || p.number || ':' || d.channel, 'update',
            p.incident_id, CAST(p.id AS TEXT), {_bool(0)}, {_bool(0)}, d.channel_id,
            'update:' || p.incident_id || ':' || p.audience || ':' || d.channel, 2,
            1, CASE WHEN d.ts IS NULL THEN 0 ELSE 1 END, d.ts, '', d.attempted_at, 0, {_now()}, 0,
            CASE WHEN d.ts IS NULL AND d.trouble IS NOT NULL THEN d.trouble
                WHEN d.ts IS NULL AND p.state <> 'sending' THEN 'superseded' END,
            d.hindrance, 0
        FROM deliveries d JOIN promises p ON p.id = d.promise_id ORDER BY d.id
        """  # noqa: S608 - likewise
    )


def _is(is_settled: bool) -> str:
    return f"is_settled = {_bool(int(is_settled))}"


def _bool(value: int) -> str:
    return str(value) if op.get_bind().dialect.name == "sqlite" else ("FALSE", "TRUE")[value]


def _now() -> str:
    """What was to be tried later is tried at once; SQLite keeps times as text."""
    return "'2000-01-01 00:00:00.000000'" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP '2000-01-01'"
