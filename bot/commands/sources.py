"""`watchfloor sources`: a sample of a source's rows, and how current each source is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from bot.bootstrap import build_registry
from bot.config import floor
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.feeds import rules, tables
from bot.feeds.sources import Sources
from bot.runtime import migrations
from bot.runtime.clock import use_offset_file, utcnow
from bot.slack.text import shorten
from bot.sources.port import Source, TableFile, read_page, streams_of

ROWS_SHOWN = 5
LONGEST_VALUE = 80


class NotNow(WatchfloorError):
    """{name} cannot be read at this moment: {reason}. Try again{later}."""


def sources_of(settings: Settings) -> Sources:
    """Return the sources in floor.yaml."""
    use_offset_file(settings.clock_file)
    return Sources.of(settings, floor.read(settings.floor_file))


def try_source(settings: Settings, name: str) -> Iterator[str]:
    """Read a page of each kind of row that a source provides, without storing anything."""
    source = sources_of(settings).get(name)
    with _answering(name):
        problems = source.check()
    yield from problems
    yield from rows_of(source, name)


@contextmanager
def _answering(name: str) -> Iterator[None]:
    """Refuse with a sentence if the source does not answer now."""
    try:
        yield
    except TryLater as later:
        wait_text = f" in {later.wait_s:.0f} s" if later.wait_s else ""
        raise NotNow(name=name, reason=later.reason, later=wait_text) from later


def rows_of(source: Source, name: str) -> Iterator[str]:
    """Yield the number of rows of each kind in a page, and the first of them."""
    for stream in streams_of(source):
        with _answering(name):
            page = read_page(source, stream, "", utcnow())
        more_text = "" if page.complete_until else ", and more follows"
        count = len(page.rows)
        yield f"{stream}: {count} {'row' if count == 1 else 'rows'} came{more_text}."
        yield from (f"  {_row_text(row)}" for row in page.rows[:ROWS_SHOWN])


def _row_text(row: Struct) -> str:
    if isinstance(row, TableFile):
        return f"{row.name} ({Path(row.path).stat().st_size:,} bytes)"
    values = {
        name: _brief_value(value)
        for name, value in asdict(row).items()
        if value not in ("", (), None) and value != {}
    }
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())


def _brief_value(value: object) -> str:
    """Return a value in short form, for a line with others."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_brief_value(item)}" for name, item in value.items() if item != "")
    if isinstance(value, tuple):
        return "; ".join(_row_text(item) for item in value)
    return shorten(" ".join(str(value).split()), LONGEST_VALUE)


def list_sources(settings: Settings) -> Iterator[str]:
    """Yield each source, the rows that it provides, and their age."""
    sources = sources_of(settings)
    build_registry()
    with (
        migrations.open_database(settings.database_url, migrations.check) as database,
        database.reading() as session,
    ):
        feeds = tables.every_feed(session)
    for name, source_settings in sources.settings.items():
        own_feeds = [feed for feed in feeds if feed.source == name]
        for feed in own_feeds:
            problem = f" {feed.error}" if feed.error else ""
            age = rules.age(feed.read_at, utcnow())
            yield f"{name} ({source_settings.kind}): {feed.stream}, {feed.rows:,} rows, {age}.{problem}"
        if not own_feeds:
            yield f"{name} ({source_settings.kind}): nothing was read yet."
