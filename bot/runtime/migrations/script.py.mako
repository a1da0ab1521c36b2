"""${message}."""

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString
from alembic import op

import bot.store

revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this shape."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Back to the shape before."""
    ${downgrades if downgrades else "pass"}
