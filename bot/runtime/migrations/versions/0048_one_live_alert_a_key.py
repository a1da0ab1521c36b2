"""An alert is recorded once while it fires, however many replicas receive it at the same moment."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

INDEX, LIVE = "ux_alerts_live", sa.text("resolved_at IS NULL")


def upgrade() -> None:
    """To this shape."""
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
    columns = ["source_name", "alert_key"]
    op.create_index(INDEX, "alerts", columns, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
