"""The contract of every source, whatever fails on the other side, checked with the real clients."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.errors import TryLater
from bot.sources.answers import throttle_of
from bot.sources.connect import Connect
from bot.sources.files import Sheet
from bot.sources.okta import Okta
from bot.sources.port import SourceConfig, SourceRefused, read_page, streams_of
from bot.sources.salesforce import Salesforce
from bot.sources.servicenow import ServiceNow
from tests.sources.connect import ConnectStandIn
from tests.sources.okta import OktaStandIn
from tests.sources.own import AcmeStandIn, own_source
from tests.sources.salesforce import SalesforceStandIn
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.sheet import SheetStandIn
from tests.sources.stand_in import TOKEN, StandIn, everything, running

NOW = datetime(2026, 11, 26, 2, 10, tzinfo=UTC)
ACCOUNT = "123456789012"
ARN = f"arn:aws:connect:eu-west-1:{ACCOUNT}:instance/i-1"


@dataclass
class Subject:
    """A source with its stand-in, how it is read, and its expected rows."""

    stand_in: StandIn
    source: Any
    key: Callable[[Any], object]
    expected: int
    # Our own clock.
    now: datetime = NOW
    pages: int = 3
    # A token that is made from other credentials is made anew when it expires.
    renews_token: bool = False
    # A sheet that became a web page has to be published anew by somebody; the bot tries again all the same.
    on_web_page: type[Exception] = TryLater

    def read(self, cursor: str) -> Any:
        """Return the page behind the cursor."""
        (stream,) = streams_of(self.source)
        return read_page(self.source, stream, cursor, self.now)


@contextmanager
def okta() -> Iterator[Subject]:
    events = [
        {
            "uuid": f"u{number}",
            "eventType": "user.account.lock",
            "published": "2026-11-26T01:00:00.000Z",
            "outcome": {"result": "FAILURE"},
            "target": [{"type": "User", "id": f"00u{number}", "alternateId": f"a{number}@x.example"}],
        }
        for number in range(25)
    ]
    stand_in = OktaStandIn(events)
    stand_in.largest_page = 10
    with running(stand_in), stand_in.client() as http:
        source = Okta(SourceConfig("okta", stand_in.url, TOKEN), http)
        yield Subject(stand_in, source, lambda row: row.external_id, 25)


@contextmanager
def servicenow() -> Iterator[Subject]:
    stand_in = ServiceNowStandIn()
    stand_in.largest_page = 10
    for number in range(25):
        stand_in.incident(number, f"2026-11-26 01:{number:02d}:00")
    with running(stand_in), stand_in.client() as http:
        source = ServiceNow(SourceConfig("snow", stand_in.url, TOKEN), http)
        yield Subject(stand_in, source, lambda row: row.external_id, 25)


@contextmanager
def salesforce() -> Iterator[Subject]:
    stand_in = SalesforceStandIn()
    stand_in.batch = 10
    for number in range(25):
        stand_in.case(number, NOW - timedelta(minutes=40 - number))
    with running(stand_in), stand_in.client() as http:
        source = Salesforce(SourceConfig("sf", stand_in.url, TOKEN, {"client_id": "c"}), http)
        yield Subject(stand_in, source, lambda row: row.external_id, 25, renews_token=True)


@contextmanager
def connect() -> Iterator[Subject]:
    stand_in = ConnectStandIn()
    stand_in.largest_page = 10
    throttle_of.cache_clear()
    with running(stand_in), stand_in.client() as http:
        options = {"instance_arn": ARN, "queues": {"q1": "Billing", "silent": "Night"}}
        source = Connect(SourceConfig("connect", stand_in.url, "KEY:secret", options), http)
        # A day of half-hours of two queues, and the current one.
        yield Subject(stand_in, source, lambda row: (row.queue, row.starts_at), 2 * 49)


@contextmanager
def your_own() -> Iterator[Subject]:
    stand_in = AcmeStandIn(25)
    with running(stand_in), stand_in.client() as http:
        source = own_source()(SourceConfig("acme", stand_in.url, TOKEN), http)
        yield Subject(stand_in, source, lambda row: row.starts_at, 25)


@contextmanager
def sheet() -> Iterator[Subject]:
    with running(SheetStandIn()) as stand_in, stand_in.client() as http, TemporaryDirectory() as folder:
        source = Sheet(SourceConfig("roster", stand_in.url, "", folder=Path(folder)), http)
        yield Subject(stand_in, source, lambda row: row.key, 1, pages=1, on_web_page=SourceRefused)


@pytest.fixture(params=[okta, servicenow, salesforce, connect, sheet, your_own], ids=lambda opened: opened.__name__)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with request.param() as opened:
        yield opened


def test_all_rows_come_page_by_page_and_then_only_new_ones(subject: Subject) -> None:
    assert streams_of(subject.source)
    assert subject.source.check() == []

    rows, cursor, pages = everything(subject.read)

    assert len({subject.key(row) for row in rows}) == subject.expected
    assert pages >= subject.pages
    json.dumps(cursor)
    again, _, pages = everything(subject.read, cursor)
    assert pages <= 2
    # Few rows are read again; all of them can be stored once more.
    assert len(again) <= 6


@pytest.mark.parametrize("fault", ["repeated", "reordered"])
def test_repeated_and_reordered_rows_are_neither_lost_nor_hidden(subject: Subject, fault: str) -> None:
    subject.stand_in.faults.extend([fault] * 20)
    rows, _, _ = everything(subject.read)
    assert len({subject.key(row) for row in rows}) == subject.expected


def test_a_throttled_source_says_how_long_to_wait_and_goes_on_where_it_was(subject: Subject) -> None:
    first = subject.read("")
    subject.stand_in.faults.append("throttled")
    with pytest.raises(TryLater) as later:
        subject.read(first.next_cursor)
    assert later.value.wait_s == 7
    throttle_of(ACCOUNT).__init__()  # type: ignore[misc]  # the time has passed
    rows, _, _ = everything(subject.read, first.next_cursor)
    assert len({subject.key(row) for row in [*first.rows, *rows]}) == subject.expected


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_differs_from_ours_loses_nothing(subject: Subject, hours: int) -> None:
    subject.now = NOW + timedelta(hours=hours)
    rows, _, _ = everything(subject.read)
    assert len({subject.key(row) for row in rows}) == subject.expected


def test_a_token_that_is_no_longer_accepted_is_renewed_or_named(subject: Subject) -> None:
    first = subject.read("")
    subject.stand_in.faults.append("unauthorized")
    if subject.renews_token:
        subject.read(first.next_cursor)
    else:
        with pytest.raises(SourceRefused) as refused:
            subject.read(first.next_cursor)
        assert refused.value.sentence.startswith(subject.source._name)
    rows, _, _ = everything(subject.read, first.next_cursor)
    assert len({subject.key(row) for row in [*first.rows, *rows]}) == subject.expected


@pytest.mark.parametrize("opened", [salesforce, connect], ids=lambda opened: opened.__name__)
def test_a_continuation_that_is_no_longer_accepted_loses_nothing(
    opened: Callable[[], AbstractContextManager[Subject]],
) -> None:
    with opened() as subject:
        first = subject.read("")
        # An interval ends between two pages, and then the continuation expires.
        subject.now += timedelta(minutes=20)
        second = subject.read(first.next_cursor)
        assert second.rows
        subject.stand_in.faults.append("expired")
        rows, _, _ = everything(subject.read, second.next_cursor)
        keys = {subject.key(row) for row in [*first.rows, *second.rows, *rows]}
        assert len(keys) >= subject.expected


@pytest.mark.parametrize("fault", ["down", "captive portal", "answer lost"])
def test_an_invalid_answer_is_tried_later_and_never_taken_for_an_empty_one(subject: Subject, fault: str) -> None:
    everything(subject.read)  # the token is there
    subject.stand_in.faults.extend([fault])
    with pytest.raises(subject.on_web_page if fault == "captive portal" else TryLater):
        subject.read("")
    rows, _, _ = everything(subject.read)
    assert len({subject.key(row) for row in rows}) == subject.expected


def test_a_missing_right_is_reported_in_a_sentence_for_the_administrator(subject: Subject) -> None:
    everything(subject.read)
    subject.stand_in.faults.append("forbidden")
    with pytest.raises(SourceRefused) as refused:
        subject.read("")
    assert refused.value.sentence.startswith(subject.source._name)
    subject.stand_in.faults.extend(["forbidden"] * 3)
    assert subject.source.check()
