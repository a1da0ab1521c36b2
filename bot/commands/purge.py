"""`watchfloor purge`: removes people's words on demand, whether or not a bot is running."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from bot.bootstrap import build_registry
from bot.commands.arguments import known_number
from bot.config import floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError, require
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file, utcnow
from bot.runtime.database import Database, compact, low_priority, sqlite_engine
from bot.runtime.migrations import NoDatabase
from bot.runtime.workflows.records import delete_finished_records
from bot.screens.records import purge
from bot.screens.records.purge import Purged

Report = Callable[[str], None]


class NoRetention(WatchfloorError):
    """`retention: words:` in floor.yaml is `never`. Set it, or say `--older-than '730 days'`."""


def run(settings: Settings, older_than: timedelta | None, report: Report, *, is_dry: bool) -> Purged:
    """Purge what is old enough, or only report what would be purged."""
    use_offset_file(settings.clock_file)
    retention = floor.read(settings.floor_file).retention
    age = require(older_than or retention.words, NoRetention)
    registry = build_registry()
    with migrations.open_database(settings.database_url, migrations.upgrade_existing) as database:
        now = utcnow()
        if is_dry:
            return purge.find_due(database, now - age)
        with low_priority():
            purged = purge.purge(database, registry, now - age, now, report)
        with suppress(NoDatabase):  # without a bot there were no flows
            purged.flows = delete_finished_records(settings.durable_url, min(retention.flows, age))
        _compact(settings, database)
        return purged


def _compact(settings: Settings, database: Database) -> None:
    """Compact the database files, so that the purged text is not in them either."""
    compact(database.engine)
    if database.is_sqlite:
        flows = sqlite_engine(settings.durable_url, connections=1)
        compact(flows)
        flows.dispose()


def hold(settings: Settings, number: int, *, is_held: bool) -> None:
    """Exempt an incident from the purge, or end the exemption."""
    with (
        migrations.open_database(settings.database_url, migrations.upgrade_existing) as database,
        known_number(number),
    ):
        purge.hold(database, number, is_held=is_held)
