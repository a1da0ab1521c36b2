"""Reading sources: pages and cursors in one transaction, waits without a thread, alarms about old data."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.config.floor import Source as Described
from bot.errors import TryLater
from bot.feeds import auditing, reading, rules, tables
from bot.feeds.reading import DONE, MORE, STOPPED, ReadRequest
from bot.feeds.sources import SecretMissing, Sources
from bot.impact import feeding
from bot.incidents.registry import Registry
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.runtime.network import Network
from bot.services import Services
from bot.sources.port import Interval, Page, SourceRefused
from tests import prepared

START = datetime(2020, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@dataclass
class IntervalSource:
    """A source with that many intervals, in pages."""

    rows: int
    page: int = 1000
    trouble: list[Exception] = field(default_factory=list)

    def check(self) -> list[str]:
        return []

    def read(self, cursor: str, now: datetime) -> Page[Interval]:
        if self.trouble:
            raise self.trouble.pop(0)
        first = int(cursor or 0)
        last = min(first + self.page, self.rows)
        rows = [
            Interval("Billing", START + timedelta(minutes=15 * n), 900, {"offered": n}) for n in range(first, last)
        ]
        return Page(rows, str(last), now if last == self.rows else None)


def services_for(
    database: Database, source: IntervalSource, take: Callable[..., None] = feeding.take_intervals
) -> Services:
    """The services that a reader needs, without Slack."""
    source_config = Described(kind="made", url="https://made.example")
    sources = Sources({"made": source_config}, Network(), Path())
    sources._sources["made"] = source
    registry = Registry(takes_rows={"intervals": [take]})
    parts: dict[type, Any] = {Sources: sources, Registry: registry}
    nothing = cast(Any, None)
    return Services(database, nothing, nothing, nothing, nothing, nothing, nothing, parts)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(prepared.database(tmp_path))
    with database.transaction() as session:
        tables.schedule_feeds(session, {("made", "intervals")}, (), NOW)
    yield database
    database.close()


def feed(database: Database) -> tables.Feed:
    with database.reading() as session:
        row = tables.feed(session, "made", "intervals")
    assert row is not None
    return row


def stored(database: Database) -> tuple[int, int, float]:
    """Return the numbers of rows and of different intervals, and the sum of offered contacts."""
    query = "SELECT count(*), count(DISTINCT starts_at), sum(offered) FROM interval_figures"
    with database.reading() as session:
        return tuple(session.connection().execute(sa.text(query)).one())


def read_all(services: Services) -> str:
    state = MORE
    while state == MORE:
        state = reading.read_next(services, "made", "intervals")
    return state


def test_a_hundred_thousand_rows_are_read_in_bounded_memory(database: Database) -> None:
    process, memory_use = psutil.Process(), list[int]()

    def take(*page: Any) -> None:
        feeding.take_intervals(*page)
        memory_use.append(process.memory_info().rss)

    assert read_all(services_for(database, IntervalSource(100_000), take)) == DONE
    assert stored(database) == (100_000, 100_000, sum(range(100_000)))
    assert feed(database).rows == 100_000
    # The first pages load and compile what every page needs.
    assert max(memory_use) - memory_use[5] < 20 * 1024 * 1024


@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_a_kill_between_page_and_cursor_loses_and_doubles_no_row(database: Database, when: str) -> None:
    def take_and_die(session: Session, services: Services, source: str, key: str, rows: Sequence[Interval]) -> None:
        feeding.take_intervals(session, services, source, key, rows)
        if key.endswith(":2"):
            if when == "after the commit":
                own.after_commit = lambda notes: os.kill(os.getpid(), signal.SIGKILL)
                session.info["noted"] = True
                return
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        own = Database(database.url)
        read_all(services_for(own, IntervalSource(500, page=100), take_and_die))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert stored(database)[0] == (200 if when == "before the commit" else 300)

    assert read_all(services_for(database, IntervalSource(500, page=100))) == DONE
    assert stored(database) == (500, 500, sum(range(500)))


def test_a_page_that_another_replica_stored_is_not_stored_again(database: Database) -> None:
    services = services_for(database, IntervalSource(300, page=100))
    before = feed(database)
    page = IntervalSource(300, page=100).read("", NOW)
    reading.store(services, before, page)
    reading.store(services, before, page)
    assert stored(database)[0] == 100
    assert feed(database).pages == 1


def test_a_wait_that_a_source_asks_for_is_no_failure_and_holds_no_thread(database: Database) -> None:
    source = IntervalSource(200, page=100)
    services = services_for(database, source)
    reading.read_next(services, "made", "intervals")
    source.trouble = [TryLater("it answered 429", wait_s=90)]
    began = utcnow()
    assert reading.read_next(services, "made", "intervals") == STOPPED
    row = feed(database)
    assert (row.failures, row.error, row.cursor) == (0, "it answered 429", "100")
    assert row.next_at is not None
    assert timedelta(seconds=89) < row.next_at - began < timedelta(seconds=95)
    assert read_all(services) == DONE
    assert feed(database).error == ""


def test_failures_back_off_and_old_data_is_reported_with_its_age(database: Database) -> None:
    source = IntervalSource(100, page=100)
    services = services_for(database, source)
    source.trouble = [SourceRefused(name="made", reason="it is away.")]
    reading.read_next(services, "made", "intervals")
    with database.reading() as session:
        unread_sources = auditing.sources_behind(session, services, NOW)
    assert unread_sources["source:made:intervals"] == (
        "The intervals of the source `made` were never read: made cannot be read: it is away."
    )
    assert read_all(services) == DONE
    read_at = feed(database).read_at
    assert read_at is not None
    source.trouble = [SourceRefused(name="made", reason="it does not accept the credentials <!channel>.")] * 2
    for _ in range(2):
        reading.read_next(services, "made", "intervals")
    assert feed(database).failures == 2
    with database.reading() as session:
        assert auditing.sources_behind(session, services, read_at + timedelta(minutes=4)) == {}
        late_sources = auditing.sources_behind(session, services, read_at + timedelta(hours=2))
    assert late_sources == {
        "source:made:intervals": "The intervals of the source `made` are 2 h 00 min old: made cannot be read: it "
        "does not accept the credentials &lt;!channel&gt;."
    }


def test_the_schedule_skips_missed_reads_and_further_pages_are_read_at_once(database: Database) -> None:
    interval = timedelta(minutes=5)
    assert rules.next_read(interval, NOW, NOW + timedelta(minutes=1)) == NOW + interval
    assert rules.next_read(interval, NOW, NOW + timedelta(minutes=17)) == NOW + timedelta(minutes=20)
    assert rules.retry_at(1, None, NOW) == NOW + timedelta(seconds=30)
    assert rules.retry_at(50, None, NOW) == NOW + timedelta(minutes=30)
    services = services_for(database, IntervalSource(1))
    request = ReadRequest(source="made", stream="intervals", due_at=utcnow())
    reading.plan_next(services, request, MORE)
    next_at = feed(database).next_at
    assert next_at is not None
    assert next_at <= utcnow()
    reading.plan_next(services, request, DONE)
    assert feed(database).next_at == request.due_at + interval


def test_secrets_come_from_the_environment_alone(tmp_path: Path) -> None:
    source_config = Described(kind="okta", url="https://x.okta.com", secret="OKTA_TOKEN")  # a name
    sources = Sources({"okta": source_config}, Network(), tmp_path, environment={})
    with pytest.raises(SecretMissing, match="OKTA_TOKEN"):
        sources.get("okta")
    sources = Sources({"okta": source_config}, Network(), tmp_path, environment={"OKTA_TOKEN": "t"})
    assert json.dumps(sources.settings["okta"].model_dump(mode="json")).count("OKTA_TOKEN") == 1
    assert sources.get("okta") is sources.get("okta")


def test_readers_are_told_why_a_sheet_that_was_read_is_of_no_use(database: Database) -> None:
    services = services_for(database, IntervalSource(0))
    with database.transaction() as session:
        tables.schedule_feeds(session, {("made", "tables")}, (), NOW)
        row = tables.feed_locked(session, "made", "tables")
        row.read_at, row.error = NOW, "sheet.csv has no rows under its header. <!here>"
        session.add(row)

    def lines(kind: str) -> Sequence[str]:
        services.get(Sources).settings = {"made": Described(kind=kind, url="https://made.example")}
        with database.reading() as session:
            return auditing.stale_lines(session, services, ("tables",), NOW)

    assert lines("sheet") == ["⚠️ Files of made: sheet.csv has no rows under its header. &lt;!here&gt;"]
    assert lines("folder") == []


NOON, MINUTE = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(minutes=1)


def test_a_source_is_behind_after_three_missed_reads_but_not_within_five_minutes() -> None:
    assert rules.is_behind(MINUTE, None, NOON)
    assert not rules.is_behind(MINUTE, NOON - 5 * MINUTE, NOON)
    assert rules.is_behind(MINUTE, NOON - 5 * MINUTE - timedelta(seconds=1), NOON)
    assert not rules.is_behind(10 * MINUTE, NOON - 30 * MINUTE, NOON)
    assert rules.is_behind(10 * MINUTE, NOON - 31 * MINUTE, NOON)


def test_a_failing_source_is_asked_less_and_less_often_or_when_it_says() -> None:
    waits = [(rules.retry_at(failures, None, NOON) - NOON).total_seconds() for failures in (0, 1, 2, 3, 7, 50)]
    assert waits == [30, 30, 60, 120, 1800, 1800]
    assert rules.retry_at(5, 7.5, NOON) == NOON + timedelta(seconds=7.5)
    assert rules.next_read(MINUTE, NOON, NOON - timedelta(seconds=1)) == NOON + MINUTE
    assert rules.next_read(MINUTE, NOON, NOON + 2 * MINUTE) == NOON + 3 * MINUTE


def test_the_age_of_data_is_told_in_minutes_and_hours() -> None:
    ages = [rules.age(NOON - timedelta(seconds=seconds), NOON) for seconds in (-90, 0, 119, 3_599, 3_600, 7_500)]
    assert ages == ["0 min old", "0 min old", "1 min old", "59 min old", "1 h 00 min old", "2 h 05 min old"]
    assert rules.age(None, NOON) == "never read"
