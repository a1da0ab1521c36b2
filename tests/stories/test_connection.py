"""From Slack to the bot: Socket Mode connections that are lost, replaced, refused or only half working."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels import recovery
from bot.channels.listening import Listening
from bot.runtime.clock import utcnow
from bot.runtime.waiting import wait_until
from bot.slack.gateway import Gateway
from bot.slack.inspection import check_socket_mode
from bot.slack.web_socket import WebSocketRefused
from bot.web import health
from slack_sandbox import Sandbox
from slack_sandbox.records import Call
from tests.floor import PATIENCE_S, TestFloor
from tests.locks import brief_lock_waits, locked_database
from tests.stories.record import timeline

BACK_WITHIN_S = 2.0
# Longer than floor.yaml allows before messages are read back.
DEAF_S = 31.0


def lines(sandbox: Sandbox) -> int:
    """The number of connections from the workspace to the bot."""
    return len(sandbox.socket_mode.connections)


def test_a_connection_that_was_reset_is_back_within_two_seconds(floor: TestFloor) -> None:
    lost_at = time.monotonic()
    floor.sandbox.drop_connections()
    floor.sandbox.wait_for(lambda: lines(floor.sandbox), timeout=BACK_WITHIN_S)

    assert time.monotonic() - lost_at < BACK_WITHIN_S
    assert "Nothing is open" in floor.says("ana", "/incident list")


def test_every_command_is_answered_at_once_while_slack_replaces_the_connection(floor: TestFloor) -> None:
    floor.sandbox.fault("apps.connections.open", "delay", seconds=0.5)
    old_connections = list(floor.sandbox.socket_mode.connections)
    floor.sandbox.refresh_connections()

    answers = [floor.ana.types("/incident list", channel="general") for _ in range(3)]
    floor.sandbox.wait_for(lambda: lines(floor.sandbox) == 2)
    answers += [floor.ana.types("/incident list", channel="general") for _ in range(3)]

    assert [answer.ok for answer in answers] == [True] * 6
    assert max(envelope.ms for envelope in floor.sandbox.envelopes[-6:]) < 1000
    floor.sandbox.wait_for(lambda: lines(floor.sandbox) == 1, timeout=10)
    assert old_connections[0] not in floor.sandbox.socket_mode.connections


def test_requests_from_the_old_connection_are_acknowledged_on_it(floor: TestFloor) -> None:
    """Bolt answers on the newest connection; Slack waits for the answer on the one it used."""
    floor.sandbox.fault("views.open", "delay", seconds=0.5)
    request = threading.Thread(target=floor.ana.types, args=("/incident declare",), kwargs={"channel": "general"})
    request.start()
    assert wait_until(lambda: floor.sandbox.journal.in_flight > 0, 10)
    floor.sandbox.refresh_connections()
    request.join()

    assert all(envelope.acknowledged for envelope in floor.sandbox.envelopes)


@pytest.mark.parametrize(
    ("knob", "reason"),
    [("accepting", "it is refused (HTTP 403)"), ("swallowing", "nothing that Slack sends comes through")],
)
def test_a_broken_websocket_is_reported_by_log_readiness_and_doctor(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, knob: str, reason: str
) -> None:
    floor = TestFloor(tmp_path)
    setattr(floor.sandbox.socket_mode, knob, knob == "swallowing")
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(1) as doctor, ExitStack() as at_the_end:
        floor.sandbox.start()
        at_the_end.push(floor.__exit__)
        # Beside the bot, as each waits some seconds for Slack's hello.
        gateway = Gateway.to(f"{floor.sandbox.url}/api/", floor.sandbox.app_token)
        examination = doctor.submit(check_socket_mode, gateway)
        floor.start_bot()
        assert floor.bot
        assert floor.bot.socket_mode
        finding = health.slack(floor.bot.socket_mode)
        with pytest.raises(WebSocketRefused):
            examination.result()

    assert not finding.is_ok
    assert reason in finding.sentence
    assert "its WebSocket does not work" in finding.sentence
    assert any(reason in str(getattr(record, "reason", "")) for record in caplog.records)


def test_a_connection_too_many_is_not_opened_again_and_again(
    floor: TestFloor, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack accepts the eleventh WebSocket of an app, but ends it instead of greeting."""
    assert floor.bot
    assert floor.bot.socket_mode
    floor.sandbox.clear_calls()
    floor.sandbox.socket_mode.most_connections = 0
    with caplog.at_level(logging.WARNING):
        floor.sandbox.drop_connections()
        floor.sandbox.wait_for(lambda: len(calls_to_connect(floor)) == 3)

    finding = health.slack(floor.bot.socket_mode)
    assert not finding.is_ok
    assert "too many connections" in finding.sentence
    assert "proxy" not in finding.sentence
    reasons = [str(getattr(record, "reason", "")) for record in caplog.records]
    assert sum("too many connections" in reason for reason in reasons) == 1
    opened_at = [call.at for call in calls_to_connect(floor)]
    assert opened_at[2] - opened_at[1] > 0.2
    floor.sandbox.socket_mode.most_connections = 10
    floor.sandbox.wait_for(lambda: lines(floor.sandbox) == 1)


def test_a_connection_that_slack_ends_at_once_is_opened_again_ever_more_slowly(floor: TestFloor) -> None:
    floor.sandbox.clear_calls()
    for _ in range(3):
        before = len(calls_to_connect(floor))
        floor.sandbox.drop_connections()
        floor.sandbox.wait_for(partial(lambda count: len(calls_to_connect(floor)) > count, before))
        floor.sandbox.wait_for(lambda: lines(floor.sandbox))

    first_at, second_at, third_at = (call.at for call in calls_to_connect(floor))
    assert second_at - first_at > 0.2
    assert third_at - second_at > 0.4


def calls_to_connect(floor: TestFloor) -> list[Call]:
    """The calls with which the bot asked for a connection."""
    return floor.sandbox.calls_of("apps.connections.open")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_message_that_breaks_the_thread_that_reads_it_ends_only_its_connection(floor: TestFloor) -> None:
    [connection] = floor.sandbox.socket_mode.connections
    loop = floor.sandbox.deliveries.loop
    assert loop

    asyncio.run_coroutine_threadsafe(connection.socket.send_text("[" * 100_000), loop).result()

    floor.sandbox.wait_for(lambda: connection not in floor.sandbox.socket_mode.connections)
    floor.sandbox.wait_for(lambda: lines(floor.sandbox))
    assert "Nothing is open" in floor.says("ana", "/incident list")


def test_a_connection_opened_while_the_bot_ends_is_closed_at_once(floor: TestFloor) -> None:
    floor.sandbox.fault("apps.connections.open", "delay", seconds=1)
    floor.sandbox.drop_connections()
    floor.sandbox.wait_for(lambda: floor.sandbox.journal.in_flight)

    floor.stop_bot()

    assert wait_until(lambda: all(thread.name != "socket-mode" for thread in threading.enumerate()), 10)
    floor.sandbox.wait_for(lambda: not lines(floor.sandbox))


def test_requests_that_need_no_slack_are_answered_while_slack_hangs(floor: TestFloor) -> None:
    """Forty people open forms; one lists the open incidents."""
    floor.sandbox.fault("views.open", "delay", count=40, seconds=4)
    people = [
        threading.Thread(target=floor.ana.types, args=("/incident declare",), kwargs={"channel": "general"})
        for _ in range(40)
    ]
    for person in people:
        person.start()
    floor.sandbox.wait_for(lambda: floor.sandbox.deliveries.begun >= 40)

    started_at = time.monotonic()
    answer = floor.ben.types("/incident list", channel="general")

    assert answer.ok
    assert time.monotonic() - started_at < 1.5
    for person in people:
        person.join()
    assert all(envelope.acknowledged for envelope in floor.sandbox.envelopes)


@contextmanager
def ticking(folder: Path, tick_every_s: float) -> Iterator[TestFloor]:
    """A floor whose clock ticks that often."""
    with TestFloor(folder, tick_every_s=tick_every_s) as floor:
        yield floor
        floor.nothing_was_malformed()


@pytest.fixture
def ticking_floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor whose clock ticks often."""
    with ticking(tmp_path, 0.2) as floor:
        yield floor


def stays_unsure(floor: TestFloor, seconds: float) -> None:
    """Let the time for which the bot has been unsure grow; everything else keeps its time."""
    listening = floor.services.get(Listening)
    now_s = listening.now_s
    listening.now_s = lambda: now_s() + seconds


def says_what_is_not_kept(floor: TestFloor, channel: str) -> str:
    """Say something while the database is locked, and wait until the bot has given it up; returns its time."""
    floor.sandbox.clock_offset_s += DEAF_S  # the next sign of life is due
    floor.sandbox.ack_deadline_s = 0.5
    with brief_lock_waits(floor.services.database):
        message_ts = floor.ana.says("said while nothing could be kept", channel=channel).ts
        floor.sandbox.wait_for(lambda: any(envelope.error for envelope in floor.sandbox.envelopes))
        assert floor.bot
        assert wait_until(floor.bot.app.is_idle, PATIENCE_S)
    return message_ts


def test_messages_sent_during_a_network_outage_are_read_back(ticking_floor: TestFloor) -> None:
    floor = ticking_floor
    listening = floor.services.get(Listening)
    channel = floor.declares()
    floor.sandbox.retry_delays_s = ()  # as after Slack's last retry
    floor.sandbox.offline = True
    sent_ts = [floor.ana.says(f"said unheard {number}", channel=channel).ts for number in range(8)]
    assert wait_until(lambda: not listening.is_hearing, PATIENCE_S)
    floor.sandbox.clock_offset_s += DEAF_S
    stays_unsure(floor, DEAF_S)

    floor.sandbox.offline = False
    assert wait_until(lambda: listening.is_hearing, PATIENCE_S)
    floor.tick()

    recorded_ts = {row["message_ts"] for row in timeline(floor, "message")}
    assert recorded_ts >= set(sent_ts)
    assert len(timeline(floor, "gap")) == 1


def test_messages_sent_while_the_database_was_locked_are_read_back(ticking_floor: TestFloor) -> None:
    floor = ticking_floor
    channel = floor.declares()
    floor.sandbox.retry_delays_s = ()
    with locked_database(floor.services.database):
        message_ts = says_what_is_not_kept(floor, channel)
        stays_unsure(floor, DEAF_S)
    floor.tick()

    assert message_ts in {row["message_ts"] for row in timeline(floor, "message")}


def test_a_look_that_began_before_the_silence_reads_it_back(tmp_path: Path) -> None:
    with ticking(tmp_path, 60) as floor:
        channel = floor.declares()
        floor.sandbox.retry_delays_s = ()
        floor.tick()
        began_at = utcnow()
        with locked_database(floor.services.database):
            message_ts = says_what_is_not_kept(floor, channel)
            stays_unsure(floor, DEAF_S)
        recovery.tick(floor.services, began_at)
        floor.tick()

        assert message_ts in {row["message_ts"] for row in timeline(floor, "message")}


def test_a_look_that_waited_for_the_locked_database_does_not_prove_that_all_was_kept(tmp_path: Path) -> None:
    with ticking(tmp_path, 60) as floor, ThreadPoolExecutor(1) as clock:
        channel, database = floor.declares(), floor.services.database
        floor.sandbox.retry_delays_s = ()
        floor.tick()
        with locked_database(database):
            message_ts = says_what_is_not_kept(floor, channel)
            waits = threading.Event()

            @sa.event.listens_for(database.engine, "before_cursor_execute")
            def note(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
                if statement == "BEGIN IMMEDIATE":
                    waits.set()

            look = clock.submit(recovery.tick, floor.services, utcnow())
            assert waits.wait(PATIENCE_S)
            stays_unsure(floor, DEAF_S)
        look.result()
        floor.tick()

        assert message_ts in {row["message_ts"] for row in timeline(floor, "message")}
