"""Read what is due: a durable flow reads page after page; rows and cursor are stored in one transaction.

A flow never waits: a delay that a source asks for, or a failure, is stored as the time of the next read.

Once a day each source is asked for what is open here: no source says what it has deleted, merged or hidden.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from pydantic import BaseModel
from sqlmodel import Session

from bot import outbox
from bot.directory.administrators import administrators_channel_id
from bot.errors import TryLater, WatchfloorError
from bot.feeds import rules, tables
from bot.feeds.sources import Sources, errors_as_refusals
from bot.feeds.tables import Feed
from bot.incidents.registry import AskedRows, Registry
from bot.runtime.clock import utcnow
from bot.runtime.workflows import step, waiting_flow
from bot.services import Services
from bot.slack.text import escape
from bot.sources.port import CasesById, Page, TableFile, Unread, read_page, streams_of

log = logging.getLogger(__name__)

# Per flow: the next flow continues at once, so that no flow's record grows without limit.
PAGES_AT_ONCE = 50
MORE, DONE, STOPPED = "more", "done", "stopped"
TABLES = "tables"
ASK_EVERY = timedelta(days=1)
# After a failure, and after a process that did not finish.
ASK_AGAIN_AFTER = timedelta(hours=1)
ASKED_AT_ONCE = 90
CASES = "cases"
ROW_UNREAD: Final = (
    "A row of the source `{source}` is not understood and was left out: `{row}` ({reason}). Mend it there; it is "
    "read again when it changes. All others are read."
)


class ReadRequest(BaseModel):
    """Which rows to read, and since when that is due."""

    source: str
    stream: str
    due_at: datetime


@waiting_flow
def read_feed(services: Services, request: ReadRequest) -> None:
    """Read until the feed is complete, or until it cannot be read for now."""
    for _ in range(PAGES_AT_ONCE):
        state = read_next(services, request.source, request.stream)
        if state != MORE:
            break
    plan_next(services, request, state)


@step
def read_next(services: Services, source: str, stream: str) -> str:
    """Read and store the next page. A failure is recorded with the time of the next attempt."""
    with services.database.reading() as session:
        feed = tables.feed(session, source, stream)
    if feed is None or source not in services.get(Sources).settings:
        return STOPPED
    try:
        page = _page(services, feed)
        store(services, feed, page)
    except TryLater as later:
        return _record_failure(services, feed, later.reason, later.wait_s)
    except WatchfloorError as refused:
        return _record_failure(services, feed, refused.sentence, None)
    return DONE if page.complete_until else MORE


def _page(services: Services, feed: Feed) -> Page[Any]:
    source = services.get(Sources).get(feed.source)
    with errors_as_refusals(feed.source):
        return read_page(source, feed.stream, feed.cursor, utcnow())


def store(services: Services, feed: Feed, page: Page[Any]) -> None:
    """Hand the rows to the nouns that use them and move the cursor, in one transaction."""
    file_error = _import_files(services, feed.source, page.rows) if feed.stream == TABLES else ""
    channel_id = administrators_channel_id(services) if page.unread else None
    with services.database.transaction() as session:
        current = tables.feed_locked(session, feed.source, feed.stream)
        if current.pages != feed.pages:
            return  # another replica was faster
        if page.rows and feed.stream != TABLES:
            _store_rows(session, services, current, page.rows)
        _report_unread(session, channel_id, feed, page.unread)
        _advance_cursor(current, page, file_error)


def _import_files(services: Services, source: str, files: Sequence[TableFile]) -> str:
    """Import files, each in its own chunks because it is long; idempotent, because the key is the content.

    Returns why files cannot be used; one such file does not stop the others.
    """
    takers = services.get(Registry).takes_files
    return " ".join(filter(None, (take_file(services, source, file) for file in files for take_file in takers)))


def _store_rows(session: Session, services: Services, feed: Feed, rows: Sequence[Any]) -> None:
    key = f"{feed.source}:{feed.stream}:{feed.pages}"
    for take_rows in services.get(Registry).takes_rows.get(feed.stream, ()):
        take_rows(session, services, feed.source, key, rows)


def _report_unread(session: Session, channel_id: str | None, feed: Feed, unread: Sequence[Unread]) -> None:
    """Tell the administrators once of each row that is left out because it is not understood."""
    for row in unread:
        log.warning("a row is not understood", extra={"source": feed.source, "row": row.name, "reason": row.reason})
        if channel_id:
            key = f"unread:{feed.source}:{feed.stream}:{row.name}"
            text = f"⚠️ {ROW_UNREAD.format(source=feed.source, row=escape(row.name), reason=escape(row.reason))}"
            outbox.post(session, key, channel_id, text, utcnow())


def _advance_cursor(feed: Feed, page: Page[Any], error: str) -> None:
    feed.cursor, feed.pages, feed.rows = page.next_cursor, feed.pages + 1, feed.rows + len(page.rows)
    # A file's error is shown until the next file arrives.
    feed.failures, feed.error = 0, error or (feed.error if feed.stream == TABLES and not page.rows else "")
    if page.complete_until:
        feed.complete_until, feed.read_at = page.complete_until, utcnow()


def _record_failure(services: Services, feed: Feed, reason: str, wait_s: float | None) -> str:
    log.warning("a source cannot be read", extra={"source": feed.source, "stream": feed.stream, "reason": reason})
    with services.database.transaction() as session:
        current = tables.feed_locked(session, feed.source, feed.stream)
        # A delay that the source asks for is not a failure.
        current.failures += 0 if wait_s is not None else 1
        current.error = reason[:500]
        current.next_at = rules.retry_at(current.failures, wait_s, utcnow())
    return STOPPED


@step
def plan_next(services: Services, request: ReadRequest, state: str) -> None:
    """Set when the feed is read again: at once if there is more, by its schedule if it is complete."""
    source_settings = services.get(Sources).settings.get(request.source)
    if state == STOPPED or source_settings is None:
        return
    now = utcnow()
    with services.database.transaction() as session:
        feed = tables.feed_locked(session, request.source, request.stream)
        feed.next_at = now if state == MORE else rules.next_read(source_settings.every, request.due_at, now)


def start_due(services: Services, now: datetime) -> None:
    """Start a flow for each due feed. The flow is durable before the due time is cleared."""
    with services.database.reading() as session:
        due_feeds = tables.due(session, now)
    for feed in due_feeds:
        assert feed.next_at is not None
        key = f"feed:{feed.source}:{feed.stream}:{feed.next_at.timestamp():.6f}"
        request = ReadRequest(source=feed.source, stream=feed.stream, due_at=feed.next_at)
        services.flows.start_once(key, read_feed, request)
        with services.database.transaction() as session:
            tables.begin(session, feed)


def schedule_feeds(services: Services, now: datetime) -> None:
    """Once after startup, schedule the sources that floor.yaml names, and stop reading those it no longer names."""
    sources = services.get(Sources)
    if sources.are_scheduled:
        return
    used_feeds = set()
    for name in sources.settings:
        try:
            used_feeds |= {(name, stream) for stream in used_streams(services, name)}
        except WatchfloorError as refused:
            log.error("a source cannot be used", extra={"source": name, "reason": refused.sentence})
    with services.database.transaction() as session:
        tables.schedule_feeds(session, used_feeds, services.get(Registry).asked_rows, now)
    sources.are_scheduled = True


def used_streams(services: Services, name: str) -> list[str]:
    """The streams of a source that a noun uses. Raises a `WatchfloorError` if there is no such source."""
    registry = services.get(Registry)
    used = {stream for stream, takers in registry.takes_rows.items() if takers}
    used |= {TABLES} if registry.takes_files else set()
    return [stream for stream in streams_of(services.get(Sources).get(name)) if stream in used]


def ask_due(services: Services, now: datetime) -> None:
    """Ask the sources that are due, in the background: they may take long to answer."""
    with services.database.transaction() as session:
        sources = [feed.source for feed in tables.to_ask(session, now)]
        for source in sources:
            tables.ask_at(session, source, CASES, now + ASK_AGAIN_AFTER)
    for source in sources:
        services.background.submit(f"open cases:{source}", partial(ask, services, source))


def ask(services: Services, source: str) -> None:
    """Bring the open cases up to date with their source, and end those that it no longer has."""
    asked_rows = services.get(Registry).asked_rows[CASES]
    with services.database.reading() as session:
        ids, newest_ids = asked_rows.open_ids(session, source), asked_rows.newest_ids(session, source)
    try:
        for start in range(0, len(ids), ASKED_AT_ONCE):
            _ask_for(services, source, ids[start : start + ASKED_AT_ONCE], newest_ids, asked_rows)
    except (TryLater, WatchfloorError) as reason:
        log.warning("a source was not asked for its open cases", extra={"source": source, "reason": str(reason)})
        return
    with services.database.transaction() as session:
        tables.ask_at(session, source, CASES, utcnow() + ASK_EVERY)


def _ask_for(
    services: Services, name: str, ids: Sequence[str], newest_ids: Sequence[str], asked_rows: AskedRows
) -> None:
    source = services.get(Sources).get(name)
    if not isinstance(source, CasesById):
        return
    asked_ids = dict.fromkeys([*ids, *newest_ids])
    with errors_as_refusals(name):
        rows = [row for row in source.of_ids(list(asked_ids)) if row.external_id in asked_ids]
    known_ids = {row.external_id for row in rows}
    if known_ids.isdisjoint(newest_ids):
        # Rather a right that is missing now than cases that are.
        raise TryLater("it shows none of the cases that it changed last")
    now = utcnow()
    with services.database.transaction() as session:
        _take(services, session, name, rows, now)
        asked_rows.end(session, services, name, [each for each in ids if each not in known_ids], now)


def _take(services: Services, session: Session, name: str, rows: Sequence[Any], now: datetime) -> None:
    for take_rows in services.get(Registry).takes_rows[CASES]:
        take_rows(session, services, name, f"{name}:{CASES}:{now.isoformat()}", rows)
