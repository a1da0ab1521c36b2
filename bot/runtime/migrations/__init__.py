"""The database's shape, step by step. `upgrade` runs at every start and mostly has nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.alarms import tables as alarms
from bot.channels import gaps
from bot.directory import tables as directory
from bot.escalation import tables as escalation
from bot.followups import digests as followup_digests
from bot.followups import tables as followups
from bot.incidents import tables as incidents
from bot.outbox import displays, notices
from bot.partners import tables as partners
from bot.playbooks import tables as playbooks
from bot.postmortems import copies as postmortem_copies
from bot.postmortems import tables as postmortems
from bot.postmortems import versions as postmortem_versions
from bot.runtime.database import without_time_limit
from bot.subscriptions import tables as subscriptions
from bot.timeline import sendings as timeline_pictures
from bot.timeline import tables as timeline
from bot.updates import deliveries as update_deliveries
from bot.updates import drafts as update_drafts
from bot.updates import pauses as update_pauses
from bot.updates import tables as updates

every_table = (
    alarms,
    directory,
    displays,
    escalation,
    followup_digests,
    followups,
    incidents,
    notices,
    partners,
    playbooks,
    postmortem_copies,
    postmortem_versions,
    postmortems,
    gaps,
    subscriptions,
    timeline,
    timeline_pictures,
    update_deliveries,
    update_drafts,
    update_pauses,
    updates,
)

FOLDER = Path(__file__).parent
HEAD = "0012"


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest shape."""
    with engine.connect() as connection:
        if _is_current(connection):
            return
    # Alembic takes a tenth of a second to load: only a database that needs it pays.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.connect() as connection, _rows_may_miss_their_table(connection), connection.begin():
        without_time_limit(connection)
        if engine.dialect.name == "postgresql":
            # Replicas that start together: the first upgrades, the others find nothing left to do.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('watchfloor upgrade', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _rows_may_miss_their_table(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; what refers to it must not forbid that meanwhile.

    It takes no heed of this inside a transaction, so it comes before the first statement.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    plain = connection.connection.dbapi_connection
    assert plain is not None
    plain.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        plain.execute("PRAGMA foreign_keys=ON")


def _is_current(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == HEAD
