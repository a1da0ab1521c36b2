"""The situation of an incident in versions; the impact that stands there becomes the first."""

import sqlalchemy as sa
from alembic import op

from bot.runtime.database import UtcDateTime
from bot.runtime.migrations.steps import texts

revision = "0016"
down_revision = "0015"

FIRST_VERSIONS = """
    INSERT INTO situation_values (incident_id, field, language, text, original, certainty, "by", at)
    SELECT id, 'impact', '', impact, '', '', declared_by, declared_at FROM incidents WHERE impact <> ''
"""


def upgrade() -> None:
    op.create_table(
        "situation_values",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), sa.ForeignKey("incidents.id"), nullable=False),
        *texts("field", "language", "text", "original", "certainty", "by"),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_situation_values_field", "situation_values", ["incident_id", "language", "field", "id"])
    op.execute(FIRST_VERSIONS)
