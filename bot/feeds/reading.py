"""Reading what is due: a durable flow reads page after page; rows and cursor are stored in one transaction.

A flow never waits: what a source asks to wait, and what fails, is written down as when it is read next.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from bot.errors import TryLater, WatchfloorError
from bot.feeds import rules, tables
from bot.feeds.sources import Sources
from bot.feeds.tables import Feed
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.runtime.workflows import step, waiting_flow
from bot.services import Services
from bot.sources.port import Page, SourceRefused, TableFile, read_page, streams_of

log = logging.getLogger(__name__)

# Of one flow: the next one goes on at once, so that no record of a flow grows without end.
PAGES_AT_ONCE = 50
MORE, DONE, STOPPED = "more", "done", "stopped"
TABLES = "tables"


class ReadRequest(BaseModel):
    """Which rows are to be read, and since when that is due."""

    source: str
    stream: str
    due_at: datetime


@waiting_flow
def read_feed(services: Services, request: ReadRequest) -> None:
    """Read until everything is known, or until it cannot be read for now."""
    for _ in range(PAGES_AT_ONCE):
        state = read_next(services, request.source, request.stream)
        if state != MORE:
            break
    plan_next(services, request, state)


@step
def read_next(services: Services, source: str, stream: str) -> str:
    """Read and store the next page. What fails is written down, with when it is tried again."""
    with services.database.reading() as session:
        feed = tables.feed(session, source, stream)
    if feed is None or source not in services.get(Sources).settings:
        return STOPPED
    try:
        page = _page(services, feed)
        store(services, feed, page)
    except TryLater as later:
        return _failed(services, feed, later.reason, later.wait_s)
    except WatchfloorError as refused:
        return _failed(services, feed, refused.sentence, None)
    return DONE if page.complete_until else MORE


def _page(services: Services, feed: Feed) -> Page[Any]:
    source = services.get(Sources).get(feed.source)
    try:
        return read_page(source, feed.stream, feed.cursor, utcnow())
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        # Another system may answer anything, and sources of others may have mistakes.
        log.exception("a page of a source is not understood", extra={"source": feed.source})
        reason = f"its answer is not understood ({type(wrong).__name__}: {wrong})"
        raise SourceRefused(name=feed.source, reason=reason) from wrong


def store(services: Services, feed: Feed, page: Page[Any]) -> None:
    """Hand the rows to those who use them, and move the cursor: all of it or nothing."""
    error = _bring_files(services, feed.source, page.rows) if feed.stream == TABLES else ""
    with services.database.transaction() as session:
        current = tables.feed_locked(session, feed.source, feed.stream)
        if current.pages != feed.pages:
            return  # another replica was faster
        if page.rows and feed.stream != TABLES:
            _hand_over(session, services, current, page.rows)
        _move(session, current, page, error)


def _bring_files(services: Services, source: str, files: Sequence[TableFile]) -> str:
    """A file is long, so it is brought in chunks of its own; by its content, so that twice is once.

    One that cannot be used is named, and stands in no other's way.
    """
    takers = services.get(Registry).takes_files
    return " ".join(filter(None, (take(services, source, file) for file in files for take in takers)))


def _hand_over(session: Session, services: Services, feed: Feed, rows: Sequence[Any]) -> None:
    key = f"{feed.source}:{feed.stream}:{feed.pages}"
    for take in services.get(Registry).takes_rows.get(feed.stream, ()):
        take(session, services, feed.source, key, rows)


def _move(session: Session, feed: Feed, page: Page[Any], error: str) -> None:
    feed.cursor, feed.pages, feed.rows = page.next_cursor, feed.pages + 1, feed.rows + len(page.rows)
    # What is wrong with a file is said until the next one comes.
    feed.failures, feed.error = 0, error or (feed.error if feed.stream == TABLES and not page.rows else "")
    if page.complete_until:
        feed.complete_until, feed.read_at = page.complete_until, utcnow()
    session.add(feed)


def _failed(services: Services, feed: Feed, reason: str, wait_s: float | None) -> str:
    log.warning("a source cannot be read", extra={"source": feed.source, "stream": feed.stream, "reason": reason})
    with services.database.transaction() as session:
        current = tables.feed_locked(session, feed.source, feed.stream)
        # What a source asks to wait is no failure.
        current.failures += 0 if wait_s is not None else 1
        current.error = reason[:500]
        current.next_at = rules.retry_at(current.failures, wait_s, utcnow())
        session.add(current)
    return STOPPED


@step
def plan_next(services: Services, request: ReadRequest, state: str) -> None:
    """When it is read again: at once when there is more, by its schedule when all is known."""
    described = services.get(Sources).settings.get(request.source)
    if state == STOPPED or described is None:
        return
    now = utcnow()
    with services.database.transaction() as session:
        feed = tables.feed_locked(session, request.source, request.stream)
        feed.next_at = now if state == MORE else rules.next_read(described.every, request.due_at, now)
        session.add(feed)


def start_due(services: Services, now: datetime) -> None:
    """Start a flow for what is due. It is durable before the due time is taken away."""
    with services.database.reading() as session:
        due = tables.due(session, now)
    for feed in due:
        assert feed.next_at is not None
        key = f"feed:{feed.source}:{feed.stream}:{feed.next_at.timestamp():.6f}"
        request = ReadRequest(source=feed.source, stream=feed.stream, due_at=feed.next_at)
        services.flows.start_once(key, read_feed, request)
        with services.database.transaction() as session:
            tables.begin(session, feed)


def keep_feeds(services: Services, now: datetime) -> None:
    """Once after the start: what floor.yaml names is read, what it does not name any more is not."""
    sources = services.get(Sources)
    if sources.are_kept:
        return
    wanted = set()
    for name in sources.settings:
        try:
            wanted |= {(name, stream) for stream in used_streams(services, name)}
        except WatchfloorError as unusable:
            log.error("a source cannot be used", extra={"source": name, "reason": unusable.sentence})
    with services.database.transaction() as session:
        tables.keep(session, wanted, now)
    sources.are_kept = True


def used_streams(services: Services, name: str) -> list[str]:
    """What a source brings that somebody uses. Raises a `WatchfloorError` when there is no such source."""
    registry = services.get(Registry)
    used = {stream for stream, takers in registry.takes_rows.items() if takers}
    used |= {TABLES} if registry.takes_files else set()
    return [stream for stream in streams_of(services.get(Sources).get(name)) if stream in used]
