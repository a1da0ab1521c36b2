"""What is refused at the bot's address in HTTP mode: everything that Slack did not sign within five minutes."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from bot.web.events_endpoint import EventsEndpoint, NoSigningSecret
from bot.web.server import PortRefused, Server
from tests.floor import TestFloor
from tests.tap import Sent, post

COMMAND = urlencode(
    {"command": "/incident", "text": "declare S1 forged", "user_id": "U0ANA", "trigger_id": "1.2.3"}
)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """One bot for all the requests that it refuses."""
    with TestFloor(tmp_path_factory.mktemp("door"), over_http=True) as floor:
        yield floor


def signed(floor: TestFloor, body: str, *, at: str = "", kind: str = FORM) -> Sent:
    moment = at or str(int(time.time()))
    digest = hmac.new(floor.sandbox.signing_secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256)
    signature = f"v0={digest.hexdigest()}"
    headers = {"content-type": kind, "x-slack-request-timestamp": moment, "x-slack-signature": signature}
    return Sent(body.encode(), headers)


@pytest.mark.parametrize("moment", ["", "abc", "12e3", "-5", "١٢٣", "9" * 40, "1.5", "nan", " "])
def test_a_request_with_an_unreadable_time_is_refused(door: TestFloor, moment: str) -> None:
    request = signed(door, COMMAND)
    headers = request.headers | {"x-slack-request-timestamp": moment.encode().decode("latin-1")}

    assert post(door.address, Sent(request.body, headers))[0] == 401


def test_a_request_with_an_old_or_a_future_time_is_refused(door: TestFloor) -> None:
    for away_s in (-301, -86_400, 301):
        assert post(door.address, signed(door, COMMAND, at=str(int(time.time()) + away_s)))[0] == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v0=" + "0" * 64, "v1=" + "0" * 64, "é" * 67, "v0=" + "0" * 9999])
def test_a_request_with_a_wrong_signature_is_refused(door: TestFloor, signature: str) -> None:
    request = signed(door, COMMAND)

    assert post(door.address, Sent(request.body, request.headers | {"x-slack-signature": signature}))[0] == 401
    assert not [channel.name for channel in door.ana.channels() if channel.name.startswith("inc-")]


def test_a_request_that_was_changed_on_its_way_is_refused(door: TestFloor) -> None:
    request = signed(door, COMMAND)

    assert post(door.address, Sent(request.body + b"&x=1", request.headers))[0] == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"payload=%7Bnot+json", b"{", b"ssl_check=1", b""])
def test_a_body_that_slack_did_not_sign_is_not_even_read(door: TestFloor, body: bytes) -> None:
    headers = {"content-type": "application/json", "x-slack-request-timestamp": str(int(time.time()))}

    assert post(door.address, Sent(body, headers | {"x-slack-signature": "v0=" + "a" * 64}))[0] == 401


def test_a_body_larger_than_slack_ever_sends_is_refused(door: TestFloor) -> None:
    assert post(door.address, signed(door, "x" * 3_000_000))[0] == 413


@pytest.mark.parametrize("secret", ["", "   "])
def test_without_a_signing_secret_http_mode_does_not_start(door: TestFloor, secret: str) -> None:
    assert door.bot is not None
    with pytest.raises(NoSigningSecret, match="anybody could give orders"):
        EventsEndpoint(door.bot.app, secret)


def test_a_port_in_use_is_said_in_a_sentence(door: TestFloor) -> None:
    assert door.bot is not None
    assert door.bot.server is not None
    with pytest.raises(PortRefused, match=r"Port \d+ cannot be used: Address already in use"):
        Server("127.0.0.1", door.bot.server.port)
