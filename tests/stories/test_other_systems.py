"""Webhooks and the API: events are signed, in order and resent by hand; private incidents are never shown."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.alarms import audit
from bot.alarms.tables import open_alarms
from bot.feeds.tables import Feed
from bot.outbox.rules import MANY_FAILURES
from bot.runtime.clock import utcnow
from bot.sources import signatures
from bot.web import tokens
from tests.floor import TestFloor
from tests.sources.stand_in import StandIn, running
from tests.stories.command_line import Typed
from tests.stories.conftest import PLAYBOOKS


class Receiver(StandIn):
    """A receiver that checks signatures and stores the requests."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[dict[str, Any]] = []

    async def handle(self, request: Request, fault: str) -> Response:
        body = await request.body()
        if request.method == "HEAD":
            return Response(status_code=405)
        signatures.check(b"told", body, request.headers, utcnow())
        content = json.loads(body)
        assert request.headers["idempotency-key"] == content["id"]
        self.received.append(content)
        return JSONResponse({})

    @property
    def events(self) -> list[tuple[str, int]]:
        return [(event["event"], event["incident"]["number"]) for event in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as stand_in:
        assert isinstance(stand_in, Receiver)
        yield stand_in


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Iterator[TestFloor]:
    monkeypatch.setenv("STATUS_PAGE_SECRET", "told")
    file = tmp_path / "floor.yaml"
    webhook = f"{{url: {receiver.url}/hook, secret: STATUS_PAGE_SECRET, insecure: true, "
    webhook += "allow_networks: [127.0.0.0/8]}"
    file.write_text(Path("floor.yaml").read_text() + f"\nwebhooks:\n  status-page: {webhook}\n")
    settings: dict[str, Any] = {"playbooks_dir": PLAYBOOKS, "floor_file": file, "PORT": "0", "host": "127.0.0.1"}
    with TestFloor(tmp_path, **settings) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_events_are_sent_in_order_until_accepted_and_can_be_resent_by_hand(
    floor: TestFloor, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.faults.extend(["down", "answer lost"])
    channel = floor.declares("S1 payment terminals refuse cards")
    floor.says("ana", "/incident severity S0 everything is down", channel=channel)
    floor.says("ana", "/incident resolve restarted", channel=channel)
    floor.passes_until(lambda: len(receiver.received) >= 4, seconds=30)
    # The response to the first was lost: it came twice, under one id.
    assert receiver.events == [("declared", 1), ("declared", 1), ("severity", 1), ("resolved", 1)]
    assert len({event["id"] for event in receiver.received}) == 3
    assert receiver.received[2]["details"] == {"old": "S1", "new": "S0"}
    assert receiver.received[0]["incident"]["title"] == "payment terminals refuse cards"

    private = "S1 leaked customer list of the loyalty programme"
    floor.says("ana", "/incident declare", channel="general")
    floor.says("ana", f"/incident drill {private}", channel="general")
    channel = floor.declares("S2 printer queue of Austin stuck")
    floor.passes_until(lambda: len(receiver.received) >= 5, seconds=30)
    receiver.faults.extend(["down"] * 20)
    floor.says("ana", "/incident severity S1 worse than thought", channel=channel)
    floor.says("ana", "/incident private it is about a person", channel=channel)
    receiver.faults.clear()
    floor.passes(minutes=5)
    floor.passes(minutes=5)
    assert receiver.events[4:] == [("declared", 3)]
    assert "leaked" not in json.dumps(receiver.received)

    receiver.received.clear()
    command_line = Typed(floor, monkeypatch, tmp_path)
    assert "There is no token." in command_line.types("tokens", "list").output
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(tmp_path / "floor.yaml"))
    assert "names no webhook `other`" in command_line.types("webhooks", "replay", "other").output
    floor_text = (tmp_path / "floor.yaml").read_text()
    unreachable = floor_text.rpartition("status-page: ")[2].strip().replace(receiver.url, "http://127.0.0.1:9")
    internal = unreachable.replace("127.0.0.0/8", "10.0.0.0/8")
    (tmp_path / "other.yaml").write_text(f"{floor_text}  gone: {unreachable}\n  inside: {internal}\n")
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(tmp_path / "other.yaml"))
    report = command_line.types("doctor").output
    assert "· The webhook status-page is `insecure: true`." in report
    assert "✓ The webhook status-page is told of every event." in report
    assert "✗ The webhook gone does not answer: " in report
    assert "✗ The webhook inside: 127.0.0.1 may not be called: it is not a public address" in report
    monkeypatch.setenv("WATCHFLOOR_CA_FILE", str(tmp_path / "no.pem"))
    assert report.count("WATCHFLOOR_CA_FILE names") == 0
    assert command_line.types("doctor").output.count("WATCHFLOOR_CA_FILE names") == 1
    monkeypatch.delenv("WATCHFLOOR_CA_FILE")
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(tmp_path / "floor.yaml"))
    assert "3 events will be sent again" in command_line.types("webhooks", "replay", "status-page").output
    floor.start_bot()
    floor.passes_until(lambda: len(receiver.received) >= 3, seconds=30)
    assert receiver.events == [("declared", 1), ("severity", 1), ("resolved", 1)]


def alarms_after(floor: TestFloor, **length: float) -> list[str]:
    """The open alarms about webhooks after that time, as the auditor finds them."""
    floor.passes(**length)
    audit.audit_at(floor.services, utcnow())
    with floor.services.database.reading() as session:
        return [alarm.text for alarm in open_alarms(session) if "webhook" in alarm.text]


def test_a_webhook_that_does_not_answer_raises_an_alarm_until_its_events_are_sent_again(
    floor: TestFloor, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.faults.extend(["down"] * 40)
    floor.declares("S3 a screen is slow")
    assert alarms_after(floor, minutes=1) == []
    for _ in range(MANY_FAILURES):
        alarms = alarms_after(floor, minutes=1)
    assert len(alarms) == 1
    assert "could not be delivered in 8 tries or more: the webhook status-page answered 500." in alarms[0]

    alarms = alarms_after(floor, hours=24)
    assert alarms == [
        "1 event was not accepted by the webhook `status-page` within a day. Once it answers, send everything "
        "again: `watchfloor webhooks replay status-page --since '7 days'`."
    ]
    receiver.faults.clear()
    command_line = Typed(floor, monkeypatch, tmp_path)
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(tmp_path / "floor.yaml"))
    command_line.types("webhooks", "replay", "status-page", "--since", "7 days")
    floor.start_bot()
    assert alarms_after(floor, minutes=1) == []
    assert receiver.events == [("declared", 1)]


def test_the_api_and_the_metrics_need_tokens_and_never_expose_private_incidents(
    floor: TestFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = [floor.declares(title) for title in ("S1 chat widget is blank", "S2 fax gateway of Pune stopped")]
    channel = floor.declares("S0 whistle-blower mailbox exposed")
    floor.says("ana", "/incident private it names people", channel=channel)
    floor.says("ana", "/incident resolve redeployed", channel=channels[0])
    with floor.services.database.transaction() as session:
        everything = tokens.create(session, "warehouse", ["incidents", "figures", "reports"], utcnow())
        metrics = tokens.create(session, "prometheus", ["metrics"], utcnow())

    def get(path: str, token: str = everything) -> httpx.Response:
        return httpx.get(f"{floor.address}{path}", headers={"Authorization": f"Bearer {token}"})

    assert get("/api/v1/incidents", "wf_nobody").status_code == 401
    assert get("/api/v1/incidents", metrics).status_code == 403
    assert get("/metrics").status_code == 403
    assert httpx.get(f"{floor.address}/metrics").status_code == 401

    first = get("/api/v1/incidents?limit=1").json()
    assert [incident["number"] for incident in first["incidents"]] == [2]
    second = get(f"/api/v1/incidents?limit=1&before={first['next_before']}").json()
    assert [(incident["number"], incident["status"]) for incident in second["incidents"]] == [(1, "resolved")]
    assert second["next_before"] is None
    assert [incident["number"] for incident in get("/api/v1/incidents?severity=S0,S2").json()["incidents"]] == [2]
    assert get("/api/v1/incidents?limit=9999").status_code == 400
    assert "limit: a number" in get("/api/v1/incidents?limit=-1").json()["error"]
    assert get("/api/v1/incidents/1").json()["title"] == "chat widget is blank"
    assert get("/api/v1/incidents/3").status_code == get("/api/v1/incidents/99").status_code == 404
    assert get("/api/v1/incidents/3/figures").status_code == 404
    assert get(f"/api/v1/incidents/{2**31}").status_code == get(f"/api/v1/incidents/{'9' * 30}").status_code == 404
    assert get(f"/api/v1/incidents?before={2**31}").status_code == 400, "PostgreSQL has no such number"
    assert get("/api/v1/incidents/1/figures").json()["intervals"] == []
    report = get("/api/v1/reports/incidents").json()
    assert (report["count"], report["by_severity"]) == (2, {"S1": 1, "S2": 1})
    assert report["minutes_to_resolve"]["n"] == 1
    assert get("/api/v1/reports/incidents?from=2020-01-01T00:00:00Z").status_code == 400
    assert "no regions, so Atlantis isn't one" in get("/api/v1/reports/incidents?region=Atlantis").json()["error"]
    paths = get("/api/v1/openapi.json").json()["paths"]
    assert set(paths) >= {"/api/v1/incidents", "/api/v1/incidents/{number}", "/api/v1/reports/incidents"}

    with floor.services.database.transaction() as session:
        session.add(Feed(source="removed", stream="cases", read_at=utcnow()))
    text = get("/metrics", metrics).text
    assert "removed" not in text, "an alert on its age would never end"
    assert 'watchfloor_incidents_open{severity="S2"} 1.0' in text
    assert 'watchfloor_incidents_open{severity="S0"} 0.0' in text
    everything_read = text + get("/api/v1/incidents?drills=true").text + json.dumps(report)
    assert "whistle" not in everything_read

    with floor.services.database.transaction() as session:
        tokens.revoke(session, "warehouse", utcnow())
    assert get("/api/v1/incidents").status_code == 401
    command_line = Typed(floor, monkeypatch, tmp_path)
    new_token = command_line.types("tokens", "create", "grafana", "--scope", "metrics").output.strip()
    assert new_token.startswith("wf_")
    assert (
        "There is or was a token" in command_line.types("tokens", "create", "grafana", "--scope", "metrics").output
    )
    assert "nothing that a token can be for" in command_line.types("tokens", "create", "x", "--scope", "all").output
    token_list = command_line.types("tokens", "list").output
    assert "grafana: metrics" in token_list
    assert new_token not in token_list
    assert "is revoked" in command_line.types("tokens", "revoke", "grafana").output
