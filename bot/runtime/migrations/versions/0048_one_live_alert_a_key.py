"""An alert is recorded once while it fires, however many replicas receive it at the same moment."""

from alembic import op

from bot.runtime.migrations.steps import partial_index

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    # Of alerts that were recorded twice, only the newest is ever resolved.
    op.execute(
        """
        UPDATE alerts SET resolved_at = fired_at
        WHERE resolved_at IS NULL AND EXISTS (
            SELECT 1 FROM alerts newer
            WHERE newer.source_name = alerts.source_name AND newer.alert_key = alerts.alert_key
            AND newer.id > alerts.id
        )
        """
    )
    partial_index("ux_alerts_live", "alerts", "source_name", "alert_key", where="resolved_at IS NULL", unique=True)
