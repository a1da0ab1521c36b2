"""Alerts come in: they are proposed, declared, added to an open incident or ignored; their end closes nothing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.alerts import ids
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import timeline

ALERTS = """
alerts:
  metrics:
    kind: alertmanager
    secret: METRICS_SECRET
    channel: "#general"
    group_by: [site, alertname]
    rules:
      - when: labels.severity == 'critical' and labels.alertname == 'SiteLost'
        then: declare
        severity: S1
        title: "'Site ' ~ labels.site ~ ' is lost'"
      - {when: labels.alertname == 'Latency', at_least: 3, within: 10 min}
      - {when: labels.severity == 'critical', at_least: 2, within: 10 min, severity: S1}
      - {when: labels.severity == 'warning', severity: S3}
      - {then: note}
  probes:
    kind: generic
    secret: METRICS_SECRET
    requests_per_minute: 2
    mapping: {key: body.key, title: body.key, status: "'firing'"}
"""


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("METRICS_SECRET", "open sesame")
    file = tmp_path / "floor.yaml"
    file.write_text(Path("floor.yaml").read_text() + ALERTS)
    settings: dict[str, Any] = {"playbooks_dir": PLAYBOOKS, "floor_file": file, "PORT": "0", "host": "127.0.0.1"}
    with TestFloor(tmp_path, **settings) as floor:
        yield floor
        floor.nothing_was_malformed()


def send(floor: TestFloor, *hosts: str, status: str = "firing", secret: str = "open sesame", **labels: str) -> Any:
    now = utcnow()
    alert_labels = {"alertname": "TrunkDown", "severity": "critical", "site": "Manila"} | labels
    alerts = [
        {
            "status": status,
            "labels": alert_labels | {"host": host},
            "annotations": {"summary": f"{alert_labels['alertname']} on {host} <!channel>"},
            "startsAt": (now if status == "firing" else now - timedelta(minutes=5)).isoformat(),
            "endsAt": now.isoformat(),
            "generatorURL": "https://metrics.example/graph",
            "fingerprint": f"{alert_labels['alertname']}-{host}",
        }
        for host in hosts
    ]
    headers = {"Authorization": f"Bearer {secret}"}
    answer = httpx.post(f"{floor.address}/alerts/metrics", json={"alerts": alerts}, headers=headers)
    floor.settle()
    return answer


def proposal(floor: TestFloor) -> list[str]:
    return [m.visible_text for m in floor.ana.sees("general") if "TrunkDown" in m.visible_text and not m.ephemeral]


def test_alerts_are_proposed_once_declared_once_and_their_end_closes_nothing(floor: TestFloor) -> None:
    assert send(floor, "sbc1", secret="wrong").status_code == 401
    assert httpx.post(f"{floor.address}/alerts/nobody", json={}).status_code == 401
    probe, secret = f"{floor.address}/alerts/probes", {"Authorization": "Bearer open sesame"}
    assert [httpx.post(probe, json={"key": "x"}).status_code for _ in range(3)] == [401] * 3, "they do not count"
    assert httpx.post(probe, content=b" " * 2_100_000, headers=secret).status_code == 413
    responses = [httpx.post(probe, json={"key": "x"}, headers=secret) for _ in range(3)]
    assert [answer.status_code for answer in responses] == [200, 200, 429]
    assert 1 <= int(responses[-1].headers["retry-after"]) <= 30
    assert send(floor, "sbc1").json() == {"new": 1}
    assert proposal(floor) == []  # the rule requires two
    assert send(floor, "sbc1").json() == {"new": 0}
    # One is resolved and another fires: one is still firing.
    assert send(floor, "sbc1", status="resolved").json() == {"new": 1}
    floor.passes(minutes=1)
    send(floor, "sbc2")
    assert proposal(floor) == []
    send(floor, "sbc3")
    [message] = proposal(floor)
    assert "2 alerts fire" in message
    assert "<!channel>" not in floor.live_markup("general")

    floor.ana.clicks(ids.DECLARE, channel="general")
    floor.settle()
    channel = next(candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-1-"))
    assert "S1" in floor.card(channel)
    assert "Manila" in floor.card(channel), "the alerts' labels name the site"
    assert ["sbc2" in row["facts"] for row in timeline(floor, "alert_fired")] == [True, False]
    floor.says("ana", "/incident milestones", channel=channel)
    assert "– by an alert" in str(floor.ana.modal)
    floor.ana.closes()
    [message] = proposal(floor)
    assert "Incident 1" in message
    assert "Declare" not in message

    # Resolved alerts are noted; the incident stays open, and alerts that fire again are recorded in it.
    send(floor, "sbc2", "sbc3", status="resolved")
    assert len(timeline(floor, "alert_resolved")) == 2
    assert "investigating" in floor.card(channel).lower()
    floor.passes(minutes=5)
    assert "all 2 alerts are resolved" in proposal(floor)[0]
    send(floor, "sbc2", "sbc3")
    assert len(timeline(floor, "alert_fired")) == 4
    [message] = proposal(floor)
    assert "2 alerts fire · Incident 1" in message, "the message does not say that all is well"
    # One of them is never resolved: its host is no longer monitored.
    send(floor, "sbc2", status="resolved")

    # Once the incident is over, firing alerts are proposed anew.
    floor.says("ana", "/incident resolve fixed", channel=channel)
    floor.passes(minutes=5)
    send(floor, "sbc2", "sbc4")
    assert len(proposal(floor)) == 2
    assert "2 alerts fire" in proposal(floor)[-1]
    assert len(timeline(floor, "alert_fired")) == 4
    assert "Declare S1" in proposal(floor)[-1]

    # Alerts for which the message has no room are listed in the message's channel.
    send(floor, *(f"sbc{number}" for number in range(10, 70)))
    match = re.search(r"and 57 more: `(/incident alerts \d+)` lists all", proposal(floor)[-1])
    assert match
    floor.says("ana", f"{match[1]} 3", channel="general")
    alert_list = floor.ephemeral("ana", "general")[-1]
    assert "Page 3 of 3, 62 in all" in alert_list
    assert "sbc69" in alert_list
    for other_channel in ("random", "incidents"):
        floor.says("ana", match[1], channel=other_channel)
        assert "There are no such alerts in this channel" in floor.ephemeral("ana", other_channel)[-1]


def test_ignored_alerts_come_back_belong_to_an_open_incident_or_declare_by_themselves(floor: TestFloor) -> None:
    channel = floor.declares("S2 card terminals of Cebu answer slowly")
    send(floor, "a", "b", site="Cebu")
    floor.ben.clicks(ids.IGNORE, channel="general")
    floor.settle()
    assert "Ignored by" in proposal(floor)[0]
    send(floor, "c", site="Cebu")
    assert "Ignored by" in proposal(floor)[0]
    floor.passes(hours=2, minutes=1)
    assert "Ignored by" not in proposal(floor)[0]
    assert "3 alerts fire" in proposal(floor)[0]

    floor.ana.clicks(ids.BELONGS, channel="general")
    floor.ana.fills(ids.INCIDENT, "1")
    assert floor.ana.submits().closed
    floor.settle()
    assert "Incident 1" in proposal(floor)[0]
    assert len(timeline(floor, "alert_fired")) == 3
    assert "TrunkDown on a" in str(timeline(floor, "alert_fired"))

    # In the incident's channel no number is needed; there it lists the alerts, or each group of several.
    assert "TrunkDown on c" in str(floor.ana.types("/incident alerts", channel=channel).blocks)
    send(floor, "d", "e", site="Cebu", alertname="CardsRefused")
    floor.ana.clicks(ids.BELONGS, channel="general")
    floor.ana.fills(ids.INCIDENT, "1")
    assert floor.ana.submits().closed
    floor.settle()
    group_lines = str(floor.ana.types("/incident alerts", channel=channel).blocks)
    assert "TrunkDown on a &lt;!channel&gt;*: 3 alerts fire · `/incident alerts 1`" in group_lines
    assert "CardsRefused on d &lt;!channel&gt;*: 2 alerts fire · `/incident alerts 2`" in group_lines
    other_channel = floor.declares("S3 a lamp is broken")
    assert floor.ana.types("/incident alerts", channel=other_channel).text == "No alerts belong to this incident."

    # Three fired and one is resolved, which leaves two.
    send(floor, "a", "b", alertname="Latency")
    send(floor, "b", alertname="Latency", status="resolved")
    floor.passes(minutes=1)
    send(floor, "c", alertname="Latency")
    assert "Latency" not in floor.visible_text("general")
    send(floor, "d", alertname="Latency")
    assert "3 alerts fire" in floor.visible_text("general").partition("Latency")[2]

    # A group follows the gravest of its alerts: whatever began it, and when an alert itself becomes graver.
    send(floor, "e", alertname="DiskFull", severity="info")
    assert "DiskFull" not in floor.visible_text("general")
    send(floor, "f", "g", alertname="DiskFull", severity="warning")
    assert "Declare S3" in floor.visible_text("general").partition("DiskFull")[2]
    send(floor, "h", alertname="DiskFull")
    assert "Declare S3" in floor.visible_text("general").partition("DiskFull")[2], "the rule requires two"
    floor.ben.clicks(ids.IGNORE, channel="general")
    floor.settle()
    floor.passes(minutes=1)
    send(floor, "g", alertname="DiskFull")
    shown = floor.visible_text("general").partition("DiskFull")[2]
    assert "Declare S1" in shown
    assert "4 alerts fire" in shown
    assert "Ignored by" not in shown

    # A rule may declare without asking.
    send(floor, "gw", alertname="SiteLost", site="Pune")
    assert "Site Pune is lost" in floor.visible_text("incidents")
    send(floor, "gw", alertname="SiteLost", site="Pune")
    assert floor.visible_text("incidents").count("Site Pune is lost") == 1

    # Nobody declared it, so that its channel is told what its commander or declarer would be told.
    lost_site = next(candidate.name for candidate in floor.ana.channels() if "site-pune" in candidate.name)
    for minutes in (6, 5, 10, 6):
        floor.passes(minutes=minutes)
    assert "Everyone on the escalation ladder of incident 3 was paged" in floor.visible_text(lost_site)

    # With its channel archived, there is no commander or declarer to tell: the incidents channel is told.
    floor.ana.archives(lost_site)
    floor.settle()
    assert "I can no longer write into the channel of incident 3" in floor.visible_text("incidents")
