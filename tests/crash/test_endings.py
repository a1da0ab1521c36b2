"""Asking the process to end in the middle of its work."""

import faulthandler
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot import outbox
from bot.commands.run import ShutdownSignals, finish
from bot.outbox.tables import OutboxRow
from tests.crash import evidence
from tests.crash.bot_process import STARTS_WITHIN_S
from tests.crash.rig import Rig
from tests.forked import CONTEXT

ENDS_WITHIN_S = 10
# Sending them all takes longer than that.
MESSAGES = 300
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
POST = "chat.postMessage"
# Some of them reach the process just as it begins to wait.
SIGNALS = 400
LATEST_S = 0.00004


def test_a_declaration_interrupted_by_sigterm_is_finished_then_or_after_the_next_start(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    rig.sandbox.latency_s = 0.3
    rig.says("/incident declare S1 line 1 is down")

    asked_at = time.monotonic()
    bot.is_asked_to_end()

    assert time.monotonic() - asked_at < ENDS_WITHIN_S
    rig.sandbox.latency_s = 0
    assert rig.starts_a_bot().rests()
    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
def test_a_long_queue_of_messages_does_not_delay_the_end(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    with rig.database.transaction() as session:
        for person in rig.sandbox.workspace.hire(MESSAGES):
            outbox.post(session, f"to {person.id}", person.id, "The drill begins", LONG_AGO)
    rig.sandbox.latency_s = 0.5
    bot.ticks()
    rig.sandbox.wait_for(lambda: rig.sandbox.calls_of(POST))

    asked_at = time.monotonic()
    bot.is_asked_to_end()

    assert time.monotonic() - asked_at < ENDS_WITHIN_S
    rig.sandbox.latency_s = 0
    assert rig.starts_a_bot().rests()
    recipients = [call.args["channel"] for call in rig.sandbox.calls_of(POST)]
    assert len(recipients) == len(set(recipients)) == MESSAGES


@pytest.mark.parametrize("rig", ["postgresql"], indirect=True)
def test_a_replica_that_ends_leaves_nothing_leased_for_which_others_would_wait(rig: Rig) -> None:
    bot = rig.starts_a_bot("one")
    channel = rig.declares(bot, "S1 line 1 is down").name
    rig.sandbox.latency_s = 0.3
    for severity in ("S2", "S3", "S2"):
        rig.says(f"/incident severity {severity} it changed", channel)

    bot.is_asked_to_end()

    with rig.database.reading() as session:
        assert [row.key for row in session.exec(select(OutboxRow)) if row.leased_by] == []


def test_no_signal_is_lost_however_close_it_comes_to_the_wait_for_it() -> None:
    process = CONTEXT.Process(target=_hears_every_signal, daemon=True)
    process.start()
    process.join()

    assert process.exitcode == 0, "it waits for a signal that has come"


def _hears_every_signal() -> None:
    faulthandler.dump_traceback_later(ENDS_WITHIN_S, exit=True)
    signal.signal(signal.SIGALRM, lambda number, frame: signal.raise_signal(signal.SIGTERM))
    for _ in range(SIGNALS):
        shutdown = ShutdownSignals()
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, LATEST_S))
        shutdown.wait_for_request(lambda: True)


def test_the_process_ends_in_time_although_a_thread_still_waits_for_slack() -> None:
    process = CONTEXT.Process(target=_leaves_a_thread_behind, daemon=True)
    process.start()

    process.join(STARTS_WITHIN_S)
    exit_code = process.exitcode
    process.kill()
    assert exit_code == 0, "it waits for the thread"


def _leaves_a_thread_behind() -> None:
    executor = ThreadPoolExecutor()
    executor.submit(time.sleep, 2 * STARTS_WITHIN_S)
    finish(lambda: executor.shutdown(wait=False), within_s=0.1)
