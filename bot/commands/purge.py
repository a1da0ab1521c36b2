"""`watchfloor purge`: people's words taken out by hand, beside a bot that runs or not."""

from collections.abc import Callable
from datetime import timedelta

from bot.bootstrap import build_registry
from bot.config import floor
from bot.config.settings import Settings
from bot.errors import WatchfloorError
from bot.runtime import migrations
from bot.runtime.clock import follow, utcnow
from bot.runtime.database import Store, compact, patiently, sqlite_engine
from bot.runtime.workflows.records import forget_finished
from bot.screens.records import purge
from bot.screens.records.purge import Purged

Tell = Callable[[str], None]


class NoRetention(WatchfloorError):
    """`retention: words:` in floor.yaml is `never`. Set it, or say `--older-than '730 days'`."""


def run(settings: Settings, older_than: timedelta | None, tell: Tell, *, is_dry: bool) -> Purged:
    """Take out what is old enough, or only say what would be."""
    follow(settings.clock_file)
    retention = floor.read(settings.floor_file).retention
    words = older_than or retention.words
    if words is None:
        raise NoRetention()
    registry = build_registry()
    store = Store(settings.database_url)
    try:
        migrations.upgrade(store.engine)
        now = utcnow()
        if is_dry:
            return purge.look(store, now - words)
        with patiently():
            done = purge.purge(store, registry, now - words, now, tell)
        done.flows = forget_finished(settings.durable_url, min(retention.flows, words))
        _compact(settings, store)
        return done
    finally:
        store.close()


def _compact(settings: Settings, store: Store) -> None:
    """Nothing of what was taken out is to be found in the files either."""
    compact(store.engine)
    if store.is_sqlite:
        flows = sqlite_engine(settings.durable_url, connections=1)
        compact(flows)
        flows.dispose()


def hold(settings: Settings, number: int, *, is_held: bool) -> None:
    """Keep an incident's words whatever their age, or no longer."""
    store = Store(settings.database_url)
    try:
        migrations.upgrade(store.engine)
        purge.hold(store, number, is_held=is_held)
    finally:
        store.close()
