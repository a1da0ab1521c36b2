"""Waiting for conditions: no test sleeps, and none waits longer than necessary."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient

from slack_sandbox import Sandbox

from .conftest import SILENCE, ConnectedApp


def test_a_held_call_keeps_the_sandbox_busy(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "late", answer="wait")
    with ThreadPoolExecutor() as pool:
        posted = pool.submit(client.chat_postMessage, channel=incidents, text="late")
        sandbox.wait_for(lambda: sandbox.late_requests.calls)
        assert not sandbox.is_idle
        with pytest.raises(TimeoutError, match="still busy"):
            sandbox.wait_until_idle(timeout=0.01)
        sandbox.carry_out_late_requests()

        sandbox.wait_until_idle()
        assert posted.result(10)["ok"]


def test_an_unacknowledged_delivery_keeps_the_sandbox_busy(sandbox: Sandbox, app: ConnectedApp):
    sandbox.wait_until_idle()
    app.answers_to("events_api", SILENCE)
    sandbox.ack_deadline_s = 0.2
    sandbox.retry_delays_s = ()

    sandbox.person("ana").says("hello", "incidents")
    assert not sandbox.is_idle
    sandbox.wait_until_idle()

    assert [envelope.timed_out for envelope in sandbox.envelopes] == [True]


def test_activity_counts_calls_and_deliveries(sandbox: Sandbox, app: ConnectedApp, client: WebClient):
    before = sandbox.activity

    client.auth_test()
    sandbox.person("ana").says("hello", "incidents")
    sandbox.wait_until_idle()

    assert sandbox.activity == before + 2
    sandbox.clear_calls()
    assert sandbox.activity == before + 2


def test_quiet_lasts_a_moment_after_the_last_call(sandbox: Sandbox, client: WebClient):
    client.auth_test()
    sandbox.wait_until_idle()
    answered_at = sandbox.journal.last_at

    sandbox.quiet()

    assert time.monotonic() - answered_at >= 0.05
