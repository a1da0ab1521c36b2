"""Refusals in HTTP mode: everything that Slack did not sign within five minutes."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.commands.doctor import port
from bot.directory.rules import PersonUnknown
from bot.handovers import ids as handover_ids
from bot.incidents import ids
from bot.partners import ids as partner_ids
from bot.playbooks import ids as playbook_ids
from bot.timeline import ids as timeline_ids
from bot.web.events_endpoint import EventsEndpoint, NoSigningSecret
from bot.web.replay_guard import ReplayGuard
from bot.web.server import PortRefused, Server
from tests.floor import TestFloor
from tests.stories.record import post_mortems
from tests.tap import FORM, JSON, Sent, post, signed

COMMAND = urlencode(
    {"command": "/incident", "text": "declare S1 forged", "user_id": "U0ANA", "trigger_id": "1.2.3"}
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """A shared bot that refuses all the requests."""
    with TestFloor(tmp_path_factory.mktemp("door"), over_http=True) as floor:
        yield floor


@pytest.mark.parametrize("moment", ["", "abc", "12e3", "-5", "١٢٣", "9" * 40, "1.5", "nan", " "])
def test_a_request_with_an_unreadable_time_is_refused(door: TestFloor, moment: str) -> None:
    request = signed(door.sandbox.signing_secret, COMMAND)
    headers = request.headers | {"x-slack-request-timestamp": moment.encode().decode("latin-1")}

    assert post(door.address, Sent(request.body, headers))[0] == 401


def test_a_request_with_an_old_or_a_future_time_is_refused(door: TestFloor) -> None:
    for away_s in (-301, -86_400, 301):
        assert (
            post(door.address, signed(door.sandbox.signing_secret, COMMAND, at=str(int(time.time()) + away_s)))[0]
            == 401
        )


@pytest.mark.parametrize("signature", ["", "v0=", "v0=" + "0" * 64, "v1=" + "0" * 64, "é" * 67, "v0=" + "0" * 9999])
def test_a_request_with_a_wrong_signature_is_refused(door: TestFloor, signature: str) -> None:
    request = signed(door.sandbox.signing_secret, COMMAND)

    assert post(door.address, Sent(request.body, request.headers | {"x-slack-signature": signature}))[0] == 401
    assert not [channel.name for channel in door.ana.channels() if channel.name.startswith("inc-")]


def test_a_request_changed_in_transit_is_refused(door: TestFloor) -> None:
    request = signed(door.sandbox.signing_secret, COMMAND)

    assert post(door.address, Sent(request.body + b"&x=1", request.headers))[0] == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"payload=%7Bnot+json", b"{", b"ssl_check=1", b""])
def test_a_body_that_slack_did_not_sign_is_not_even_read(door: TestFloor, body: bytes) -> None:
    headers = {"content-type": "application/json", "x-slack-request-timestamp": str(int(time.time()))}

    assert post(door.address, Sent(body, headers | {"x-slack-signature": "v0=" + "a" * 64}))[0] == 401


def test_a_body_larger_than_slack_ever_sends_is_refused(door: TestFloor) -> None:
    assert post(door.address, signed(door.sandbox.signing_secret, "x" * 3_000_000))[0] == 413


@pytest.mark.parametrize("secret", ["", "   "])
def test_without_a_signing_secret_http_mode_does_not_start(door: TestFloor, secret: str) -> None:
    assert door.bot is not None
    with pytest.raises(NoSigningSecret, match="anybody could give orders"):
        EventsEndpoint(door.bot.app, secret, ReplayGuard(door.services.database))


def test_a_port_in_use_is_reported_in_a_sentence(door: TestFloor) -> None:
    assert door.bot is not None
    assert door.bot.server is not None
    with pytest.raises(PortRefused, match=r"Port \d+ cannot be used: Address already in use"):
        Server("127.0.0.1", door.bot.server.port)


def test_the_doctor_detects_a_port_taken_by_another_process_and_recognizes_the_bot_without_a_proxy(
    door: TestFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert door.bot is not None
    assert door.bot.server is not None
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody
    (bot,) = port.check("127.0.0.1", door.bot.server.port)
    assert str(bot) == f"✓ The bot answers on port {door.bot.server.port}."
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken_port = server.getsockname()[1]
        monkeypatch.setattr(port, "ANSWERS_WITHIN_S", 0.2)
        (taken_finding,) = port.check("127.0.0.1", taken_port)
    assert str(taken_finding).startswith(f"✗ Port {taken_port} cannot be used: Address already in use.")
    (free_finding,) = port.check("127.0.0.1", taken_port)
    assert str(free_finding) == f"✓ Port {taken_port} is free."


CLICK = {"type": "block_actions", "user": {"id": "U0ANA"}, "trigger_id": "1.2.3", "actions": [{"action_id": "x"}]}
EVENT: dict[str, Any] = {
    "type": "event_callback",
    "event": {"type": "message", "channel": "C1", "ts": "1.5", "user": "U0ANA"},
}
FILLED: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U0ANA"},
    "view": {"id": "V1", "callback_id": "x"},
}
ODD_MESSAGES: list[dict[str, Any]] = [
    {"subtype": "message_changed"},
    {"subtype": "message_deleted"},
    {"files": [{"id": "F1", "name": True}]},
    {"attachments": ["alert"]},
    {"edited": {}},
]
MALFORMED = [
    *("null", "[]", "[[]]", '"text"', "12", "{}", '{"type": null}', '{"type": "event_callback"}', "9" * 5000),
    *("[" * 100_000, '{"a":' * 50_000, '{"type": "event_callback", "event": []}', '{"type": [], "event": {}}'),
    *(json.dumps(EVENT | {"event": EVENT["event"] | odd}) for odd in ({"ts": "then"}, {"channel": 5}, {"ts": 1.5})),
    json.dumps(EVENT | {"event": {"type": "reaction_added", "user": "U0ANA", "reaction": "pushpin"}}),
    json.dumps(EVENT | {"event": {"type": "pin_added", "user": {}, "item": "none"}}),
    json.dumps(EVENT | {"event": {"type": "user_change", "user": "U0ANA"}}),
    json.dumps(EVENT | {"authorizations": "none"}),
    *(json.dumps(EVENT | {"event": EVENT["event"] | odd}) for odd in ODD_MESSAGES),
    json.dumps(EVENT | {"event": {"type": "user_change", "user": {"id": "U0ANA"}}}),
]
ODD_ACTIONS: list[Any] = [[], {}, {"action_id": 5}, {"action_id": "x", "value": {}}]
ODD_FIELDS: list[dict[str, Any]] = [{"trigger_id": 5}, {"channel": "C1"}, {"view": []}, {"team": 5}]
ODD_STATES: list[Any] = [[], {"values": []}, {"values": {"a": 5}}]
ODD_VIEWS: list[Any] = [{}, {"type": "workflow_step"}, {"type": 5}]
MALFORMED_PAYLOADS = [
    *("null", "[]", "{", "[" * 100_000, json.dumps(CLICK | {"actions": []}), json.dumps(CLICK | {"user": "U0ANA"})),
    *(json.dumps(CLICK | {"actions": [action]}) for action in ODD_ACTIONS),
    *(json.dumps(CLICK | odd) for odd in ODD_FIELDS),
    *(json.dumps(FILLED | {"view": {"id": "V1", "state": state}}) for state in ODD_STATES),
    *(json.dumps(FILLED | {"view": FILLED["view"] | {"state": {"values": {}}} | odd}) for odd in ODD_VIEWS),
    json.dumps(FILLED),
    json.dumps({"type": "message_action", "user": {"id": "U0ANA"}, "callback_id": "x", "trigger_id": "1"}),
]


def test_a_signed_request_without_slacks_shape_is_refused_quietly_and_counted(
    door: TestFloor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    bodies = [(body, JSON) for body in MALFORMED]
    bodies += [(urlencode({"payload": body}), FORM) for body in MALFORMED_PAYLOADS]
    bodies += [(urlencode({"command": "/incident", "text": "help"}), FORM), ("what=ever", FORM)]
    assert door.bot is not None
    malformed_before = door.bot.app.malformed

    answers = [
        (body[:60], post(door.address, signed(door.sandbox.signing_secret, body, kind=kind))[0])
        for body, kind in bodies
    ]

    assert [answer for answer in answers if answer[1] != 400] == []
    assert door.bot.app.malformed - malformed_before == len(bodies)
    assert caplog.text == ""


def test_a_button_with_a_foreign_value_is_answered_with_a_sentence(
    door: TestFloor, caplog: pytest.LogCaptureFixture
) -> None:
    place = door.sandbox.workspace.channel(door.declares("S1 Wallboard frozen"))
    click = CLICK | {"channel": {"id": place.id}, "actions": [{"action_id": timeline_ids.FILTER, "value": "soon"}]}

    body = urlencode({"payload": json.dumps(click)})
    status, _, _ = post(door.address, signed(door.sandbox.signing_secret, body, kind=FORM))
    door.settle()

    assert status == 200
    assert "This form is out of date" in door.visible_text("dm", "ana")

    empty = {"id": "V1", "type": "modal", "callback_id": partner_ids.GUIDANCE_FORM, "state": {"values": {}}}
    body = urlencode({"payload": json.dumps(FILLED | {"trigger_id": "2.3.4", "view": empty})})
    assert post(door.address, signed(door.sandbox.signing_secret, body, kind=FORM))[0] == 200
    nobody = {"id": "V2", "type": "modal", "callback_id": handover_ids.SHIFT_FORM, "state": {"values": {}}}
    body = urlencode({"payload": json.dumps(FILLED | {"trigger_id": "2.3.5", "view": nobody})})
    assert post(door.address, signed(door.sandbox.signing_secret, body, kind=FORM))[0] == 200
    assert "Traceback" not in caplog.text
    assert "Slack finds a request wrong" not in caplog.text


def test_a_request_with_a_missing_piece_is_answered_with_a_sentence(
    door: TestFloor, caplog: pytest.LogCaptureFixture
) -> None:
    without_root = {"id": "V3", "type": "modal", "callback_id": playbook_ids.ANSWER_FORM, "state": {"values": {}}}
    without_channel = [{"action_id": partner_ids.AFFECTED, "value": "1"}]
    for payload in (
        FILLED | {"trigger_id": "3.1", "view": without_root | {"private_metadata": "1 2"}},
        CLICK | {"trigger_id": "3.2", "actions": without_channel},
        CLICK | {"trigger_id": "3.3", "type": "shortcut", "callback_id": ids.DECLARE_FROM_MESSAGE},
    ):
        body = urlencode({"payload": json.dumps(payload)})
        assert post(door.address, signed(door.sandbox.signing_secret, body, kind=FORM))[0] == 200, payload
        door.settle()

    assert "Slack left something out" in door.visible_text("dm", "ana")
    assert "Traceback" not in caplog.text


def test_a_signed_request_is_not_carried_out_again_after_a_restart(door: TestFloor) -> None:
    text = {"command": "/incident", "text": "severity S0 worse", "user_id": "U0ANA", "trigger_id": "7.7.7"}
    channel = door.declares("S1 IVR down")
    place = door.sandbox.workspace.channel(channel)
    request = signed(door.sandbox.signing_secret, urlencode(text | {"channel_id": place.id}))
    assert b"S0" in post(door.address, request)[1]
    door.says("ana", "/incident severity S2 better", channel)

    door.restart_bot()

    assert post(door.address, request) == (200, b"", post(door.address, request)[2])
    door.settle()
    assert "S2 · IVR down" in door.card(channel)


def test_a_lone_surrogate_is_kept_as_a_replacement_character(door: TestFloor) -> None:
    channel = door.declares("S1 Chat down")
    event = {"type": "message", "channel": door.sandbox.workspace.channel(channel).id, "user": "U0ANA"}
    body = json.dumps(
        {"type": "event_callback", "event": event | {"text": "half \ud83d pair", "ts": "1700000000.000100"}}
    )

    assert post(door.address, signed(door.sandbox.signing_secret, body, kind=JSON))[0] == 200

    door.says("ana", "/incident postmortem", channel)
    assert any("half \ufffd pair" in draft for draft in post_mortems(door, "ana"))


def answered(door: TestFloor, body: dict[str, Any]) -> tuple[int, str]:
    """The answers to a person who has no Slack screen open."""
    form = urlencode(body)
    status, answer_text, _ = post(door.address, signed(door.sandbox.signing_secret, form, kind=FORM))
    return status, answer_text.decode()


def test_a_click_in_a_block_without_an_id_is_acknowledged(door: TestFloor) -> None:
    click = {
        "type": "block_actions",
        "user": {"id": door.ana.user.id},
        "trigger_id": "1.2.block",
        "channel": {"id": door.sandbox.workspace.channel("general").id},
        "actions": [{"action_id": ids.PANEL, "value": "1", "type": "button"}],
    }

    assert answered(door, {"payload": json.dumps(click)})[0] == 200


def test_a_user_unknown_to_slack_is_told_so_in_a_sentence(door: TestFloor) -> None:
    command = {
        "command": "/incident",
        "text": "declare S1 IVR down",
        "user_id": "U0NOBODY",
        "channel_id": door.sandbox.workspace.channel("general").id,
        "trigger_id": "1.2.nobody",
        "response_url": f"{door.sandbox.url}/none",
    }
    status, body = answered(door, command)

    assert status == 200
    assert "user_not_found" not in body
    assert PersonUnknown().sentence in body
