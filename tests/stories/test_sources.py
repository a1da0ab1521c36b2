"""Sources of a floor: from an alert to an incident, its figures on the card and work notes on its cases."""

import os
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from bot.alarms.tables import open_alarms
from bot.alerts import ids as alert_ids
from bot.cases import actions
from bot.cases import ids as case_ids
from bot.cases.tables import Case
from bot.runtime.clock import utcnow
from bot.web import tokens
from tests.floor import TestFloor
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.stand_in import TOKEN, running
from tests.stories.command_line import Typed
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows, seen_by_all, timeline
from tests.stories.test_cases import ALIKE, SUBJECTS

SYSTEMS = """
sources:
  exports: {kind: folder, every: 1 min, options: {folder: FOLDER}}
  locks: {kind: okta, url: "https://floor.okta.example", secret: OKTA_TOKEN}
  support: {kind: servicenow, url: "SUPPORT", secret: SERVICENOW_TOKEN, every: 1 min,
    insecure: true, allow_networks: [127.0.0.0/8]}
alerts:
  metrics:
    kind: alertmanager
    secret: METRICS_SECRET
    channel: "#general"
    group_by: [alertname]
    rules: [{when: labels.severity == 'critical', at_least: 2, within: 10 min, severity: S1}]
"""


class CentralFloor(TestFloor):
    """A floor connected to other systems."""

    support: ServiceNowStandIn
    folder: Path
    file: Path

    def alert(self, *hosts: str, status: str = "firing") -> None:
        """Let Alertmanager send alerts about these hosts."""
        labels = {"alertname": "PortalLogin", "severity": "critical"}
        alert = {"status": status, "startsAt": utcnow().isoformat(), "endsAt": utcnow().isoformat()}
        about = [
            alert
            | {
                "labels": labels | {"host": host},
                "fingerprint": host,
                "annotations": {"summary": f"{host} is down"},
            }
            for host in hosts
        ]
        headers = {"Authorization": "Bearer open sesame"}
        assert httpx.post(f"{self.address}/alerts/metrics", json={"alerts": about}, headers=headers).is_success
        self.settle()

    def exports(self, name: str, *lines: str) -> None:
        """Let the contact centre export a file."""
        file = self.folder / name
        file.write_text("".join(f"{line}\n" for line in lines))
        os.utime(file, (utcnow().timestamp(),) * 2)

    def opens(self, number: int, title: str, **ago: float) -> None:
        """Open a customer's case in the ticketing system."""
        moment = f"{utcnow() - timedelta(**ago):%Y-%m-%d %H:%M:%S}"
        self.support.incident(number, moment, short_description=title, priority="3", company=f"Customer {number}")

    def notes(self) -> list[str]:
        """The work notes in the ticketing system with their cases, without the notes' keys."""
        journal = self.support.tables["sys_journal_field"]
        return [f"{int(row['element_id'], 16)} {row['value'].rpartition(chr(10))[0]}" for row in journal]


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CentralFloor]:
    monkeypatch.setenv("METRICS_SECRET", "open sesame")
    monkeypatch.setenv("SERVICENOW_TOKEN", TOKEN)
    folder, file = tmp_path / "exports", tmp_path / "floor.yaml"
    folder.mkdir()
    with running(ServiceNowStandIn()) as support:
        assert isinstance(support, ServiceNowStandIn)
        systems = SYSTEMS.replace("FOLDER", str(folder)).replace("SUPPORT", support.url)
        administrators = 'administrators_channel: "#random"'
        file.write_text(f"{Path('floor.yaml').read_text()}\n{administrators}\n{systems}")
        settings: dict[str, Any] = {"PORT": "0", "host": "127.0.0.1"}
        with CentralFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file, **settings) as floor:
            floor.support, floor.folder, floor.file = support, folder, file
            yield floor
            floor.nothing_was_malformed()


def this_half_hour() -> datetime:
    now = int(utcnow().timestamp())
    return datetime.fromtimestamp(now - now % 1800, UTC)


def test_an_alert_becomes_an_incident_with_figures_on_its_card_and_work_notes_on_its_cases(
    floor: CentralFloor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, subject in enumerate(SUBJECTS):
        floor.opens(number, subject, hours=160 - 3.5 * number)
    floor.passes(minutes=2)

    # An alert is proposed and declared.
    floor.alert("login-1", "login-2")
    assert "2 alerts fire" in floor.visible_text("general")
    floor.ana.clicks(alert_ids.DECLARE, channel="general")
    floor.settle()
    channel = next(candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-1-"))

    # The contact centre's export brings the figures onto its card.
    header = "Queue,Site,Interval start,Offered,Answered,Answered in 20 seconds,Abandoned,AHT,ASA,Agents"
    floor.exports("report.csv", header, f"Billing,Manila,{this_half_hour():%Y-%m-%dT%H:%M}Z,120,80,60,40,300,45,40")
    floor.exports("people.csv", "name,colour", "Ana,blue")
    floor.passes(minutes=2)
    floor.passes_until(lambda: "Service level 50 %" in floor.card(channel), seconds=30)

    # Similar cases of several customers are linked to it; the response to the first note is lost.
    for number, title in enumerate(ALIKE):
        floor.opens(100 + number, title, minutes=20 - 2 * number)
    floor.passes_until(lambda: "similar cases* of" in floor.visible_text("incidents"), seconds=30)
    floor.ben.clicks(case_ids.IS_INCIDENT, channel="incidents")
    floor.support.faults = deque(["", "answer lost"])
    floor.ben.fills(case_ids.INCIDENT, "1")
    assert floor.ben.submits().closed
    floor.settle()
    floor.passes(minutes=2)
    linked_cases = [note.split(" ", 1)[0] for note in floor.notes() if "is part of incident 1: S1" in note]
    assert len(linked_cases) == len(set(linked_cases)) >= 5
    assert set(linked_cases) <= {str(100 + number) for number in range(len(ALIKE))}

    # Updates inside reach the cases; the end of the alerts is noted and ends nothing.
    floor.says("ana", "/incident update Vendor restarts the login service", channel=channel)
    floor.alert("login-1", "login-2", status="resolved")
    assert len(timeline(floor, "alert_resolved")) == 2
    assert "investigating" in floor.card(channel).lower()
    floor.says("ana", "/incident resolve login restarted", channel=channel)
    floor.passes(minutes=1)
    for words in ("Vendor restarts the login service", "incident 1 is resolved"):
        assert {note.split(" ", 1)[0] for note in floor.notes() if words in note} == set(linked_cases)
    assert len(floor.notes()) == len(set(floor.notes()))

    # A case becomes read-only there: the note's author is told, and notes are written again once they are taken.
    with floor.services.database.reading() as session:
        case = session.exec(select(Case).where(Case.external_id == f"{int(linked_cases[0]):032x}")).one()
    floor.support.read_only = {case.external_id}
    actions.note(floor.services, case.number, "They call again", "read-only", "U0ANA", utcnow())
    floor.passes(minutes=30)
    told = floor.sandbox.person("ana").direct_messages()[-1].visible_text
    assert told.startswith(
        f"support takes no notes on {case.name} any more, so yours is only here: They call again"
    )
    with floor.services.database.reading() as session:
        assert not [alarm for alarm in open_alarms(session) if "note" in alarm.text]
    floor.support.read_only.clear()
    actions.note(floor.services, case.number, "All is well", "writable", "U0ANA", utcnow())
    floor.settle()
    assert floor.notes()[-1] == f"{linked_cases[0]} Ana Reyes: All is well"

    # Other systems read it.
    with floor.services.database.transaction() as session:
        token = tokens.create(session, "warehouse", ["incidents", "figures"], utcnow())
    address = f"{floor.address}/api/v1/incidents/1"
    answers = [
        httpx.get(url, headers={"Authorization": f"Bearer {token}"}) for url in (address, f"{address}/figures")
    ]
    assert answers[0].json()["status"] == "resolved"
    assert "120" in answers[1].json()["intervals"][0].values()

    # Once private, pending notes are written nowhere, and nobody outside hears of it any more.
    floor.says("ana", "/incident reopen it is back", channel=channel)
    floor.support.faults = deque(["down"] * 200)
    note_count = len(floor.notes())
    floor.says("ana", "/incident update A customer list is in the logs", channel=channel)
    floor.says("ana", "/incident private it names customers", channel=channel)
    floor.support.faults.clear()
    floor.passes(minutes=20)
    assert len(floor.notes()) == note_count
    assert httpx.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404

    # The ticketing system refuses: people read how old its cases are.
    floor.support.faults = deque(["unauthorized"] * 6)
    floor.passes(minutes=40)
    floor.says("ana", "/incident board")
    assert "Cases of support: 4" in floor.ephemeral("ana")[-1]

    command_line = Typed(floor, monkeypatch, tmp_path)
    monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(floor.file))
    source_list = command_line.types("sources", "list").output
    assert "exports (folder): tables, 2 rows, " in source_list
    assert "No line of people.csv names columns that I know" in source_list
    assert "tables: 1 row came, and more follows." in command_line.types("sources", "try", "exports").output
    assert "OKTA_TOKEN, which is not set" in command_line.types("sources", "try", "locks").output
    floor.support.faults = deque(["down"] * 20)
    assert "support cannot be read at this moment:" in command_line.types("sources", "try", "support").output
    floor.support.faults.clear()
    report = command_line.types("doctor").output
    assert "✓ The source exports (folder) can be read: tables." in report
    assert "· The source support is `insecure: true`." in report
    assert "· The source support may be in 127.0.0.0/8: `allow_networks` says so." in report
    assert "✗ The source locks (okta): The source `locks` needs the environment variable OKTA_TOKEN" in report


def test_a_row_that_is_not_understood_is_reported_once_and_stops_no_other(floor: CentralFloor) -> None:
    moment = f"{utcnow() - timedelta(minutes=1):%Y-%m-%d %H:%M:%S}"
    floor.support.incident(1, moment, opened_at="")
    floor.opens(2, "Calls drop", minutes=1)

    for _ in range(4):
        floor.passes(minutes=1)

    assert [row["name"] for row in rows(floor, "cases")] == ["INC0000002"]
    reports = [text for text in seen_by_all(floor)["random"] if "not understood" in text]
    assert len(reports) == 1
    assert "`support`" in reports[0]
    assert "`INC0000001`" in reports[0]
