"""Sources that are behind: readers are told that the data is old, and administrators are told why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.feeds import rules, tables
from bot.feeds.sources import Sources
from bot.feeds.tables import Feed
from bot.services import Services
from bot.slack.text import escape

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
    """Warnings for readers of these kinds of rows: the age of those that are too old."""
    settings = services.get(Sources).settings
    return [
        f"⚠️ {STREAM_NAMES[feed.stream]} of {escape(feed.source)}: {rules.age(feed.read_at, now)}"
        for feed in tables.every_feed(session)
        if feed.stream in streams
        and feed.source in settings
        and rules.is_behind(settings[feed.source].every, feed.read_at, now)
    ]


def _sentence(feed: Feed, now: datetime) -> str:
    verb = "are" if feed.read_at else "were"
    age = rules.age(feed.read_at, now)
    return f"The {feed.stream} of the source `{feed.source}` {verb} {age}: {escape(feed.error)}"
