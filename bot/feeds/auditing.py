"""Sources that are behind: readers are told that the data is old, and administrators are told why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.config import floor
from bot.feeds import rules, tables
from bot.feeds.sources import Sources
from bot.feeds.tables import Feed
from bot.services import Services
from bot.slack.text import escape

SHEET = "sheet"
STREAM_NAMES = {"intervals": "Figures", "tables": "Files", "cases": "Cases", "lockouts": "Locked accounts"}


def sources_behind(session: Session, services: Services, now: datetime) -> Mapping[str, str]:
    """The key of an alarm and its sentence for each feed that is failing and has not been read for too long."""
    settings = services.get(Sources).settings
    return {
        f"source:{feed.source}:{feed.stream}": _sentence(feed, now)
        for feed in tables.every_feed(session)
        if feed.source in settings
        and feed.error
        and rules.is_behind(settings[feed.source].every, feed.read_at, now)
    }


def stale_lines(session: Session, services: Services, streams: Collection[str], now: datetime) -> Sequence[str]:
    """Warnings for readers of these kinds of rows: the age of old ones, and why a sheet is of no use."""
    settings = services.get(Sources).settings
    feeds = [feed for feed in tables.every_feed(session) if feed.stream in streams and feed.source in settings]
    reasons = [(feed, _why_stale(feed, settings[feed.source], now)) for feed in feeds]
    return [f"⚠️ {STREAM_NAMES[feed.stream]} of {escape(feed.source)}: {why}" for feed, why in reasons if why]


def _why_stale(feed: Feed, source: floor.Source, now: datetime) -> str:
    if rules.is_behind(source.every, feed.read_at, now):
        return rules.age(feed.read_at, now)
    # A folder has other files as well, which may be meant for nobody.
    return escape(feed.error) if source.kind == SHEET else ""


def _sentence(feed: Feed, now: datetime) -> str:
    verb = "are" if feed.read_at else "were"
    age = rules.age(feed.read_at, now)
    return f"The {feed.stream} of the source `{feed.source}` {verb} {age}: {escape(feed.error)}"
