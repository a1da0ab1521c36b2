import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_sandbox import Sandbox

from .conftest import ConnectedApp, client_of, refusal


def test_a_method_fails_as_often_as_ordered(sandbox: Sandbox, client: WebClient):
    sandbox.fault("auth.test", "error", count=2, after=1, error="internal_error")

    assert client.auth_test()["ok"]
    assert refusal(client.auth_test) == "internal_error"
    assert refusal(client.auth_test) == "internal_error"
    assert client.auth_test()["ok"]
    assert sandbox.refusals == []


def test_a_rate_limit_says_how_long_to_wait(sandbox: Sandbox, client: WebClient):
    sandbox.fault("auth.test", "rate_limited", retry_after=7)

    with pytest.raises(SlackApiError) as limited:
        client.auth_test()
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["retry-after"] == "7"


def test_a_server_error_is_no_json(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "server_error", status=503)

    with pytest.raises(SlackApiError, match="non-JSON"):
        client.chat_postMessage(channel=incidents, text="x")
    assert sandbox.person("ana").sees("incidents") == []


def test_a_lost_answer_means_the_work_is_done(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "lost_answer")

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="did it")
    assert [m.text for m in sandbox.person("ana").sees("incidents")] == ["did it"]


def test_a_refused_connection_means_the_work_is_not_done(sandbox: Sandbox, client: WebClient, incidents: str):
    sandbox.fault("chat.postMessage", "refused")

    with pytest.raises(OSError):
        client.chat_postMessage(channel=incidents, text="never")
    assert sandbox.person("ana").sees("incidents") == []


def test_calls_can_be_slow(sandbox: Sandbox, client: WebClient):
    sandbox.latency_s = 0.05
    sandbox.fault("auth.test", "delay", seconds=0.05)
    started = time.monotonic()

    client.auth_test()

    assert time.monotonic() - started >= 0.09
    sandbox.quiet()
    assert sandbox.calls_of("auth.test")[0].ms >= 90


def test_a_slow_call_can_be_released(sandbox: Sandbox, client: WebClient):
    sandbox.fault("auth.test", "delay", seconds=60)
    with ThreadPoolExecutor(1) as caller:
        pending_call = caller.submit(client.auth_test)
        sandbox.wait_for(lambda: sandbox.delays.held)
        sandbox.delays.release()

        assert pending_call.result(10)["ok"]


def test_nothing_gets_through_offline(sandbox: Sandbox, client: WebClient, app: ConnectedApp):
    sandbox.offline = True

    with pytest.raises(OSError):
        client.auth_test()
    assert sandbox.person("ana").types("/incident", "general").error == "dispatch_failed"

    sandbox.offline = False
    assert client.auth_test()["ok"]


def test_an_unknown_kind_of_fault_is_refused_at_once(sandbox: Sandbox):
    with pytest.raises(ValueError, match="lost_answer"):
        sandbox.fault("auth.test", "explode")


def test_strict_rates_answer_429_beyond_the_tier():
    sandbox = Sandbox(strict_rates=True)
    sandbox.start()
    client = client_of(sandbox)
    for number in range(20):
        client.conversations_create(name=f"inc-{number}")

    with pytest.raises(SlackApiError) as limited:
        client.conversations_create(name="inc-20")
    sandbox.stop()

    assert limited.value.response.status_code == 429
    assert 1 <= int(limited.value.response.headers["retry-after"]) <= 60


def test_strict_rates_accept_one_message_a_second_in_each_channel():
    sandbox = Sandbox(strict_rates=True)
    sandbox.start()
    client = client_of(sandbox)
    for _ in range(5):
        client.chat_postMessage(channel="C0INCIDENTS", text="burst")

    assert refusal(client.chat_postMessage, channel="C0INCIDENTS", text="x") == "ratelimited"
    assert client.chat_postMessage(channel="C0OPERATIONS", text="x")["ok"]
    sandbox.clock_offset_s += 5
    assert client.chat_postMessage(channel="C0INCIDENTS", text="x")["ok"]
    sandbox.stop()


def test_a_truncated_request_is_no_call(sandbox: Sandbox, client: WebClient):
    port = int(sandbox.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /api/conversations.setTopic HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\n{")

    assert client.auth_test()["ok"]
    assert [call.method for call in sandbox.calls] == ["auth.test"]
