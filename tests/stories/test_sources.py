"""Sources of a floor: read on their schedule, named with their age, tried by hand."""

import os
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cases import notes
from bot.cases.tables import Case
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.sources.servicenow import ServiceNowStandIn
from tests.sources.stand_in import TOKEN, running
from tests.stories.command_line import Typed
from tests.stories.conftest import PLAYBOOKS

SOURCES = """
sources:
  exports: {kind: folder, every: 1 min, options: {folder: FOLDER}}
  locks: {kind: okta, url: "https://floor.okta.example", secret: OKTA_TOKEN}
"""


def this_half_hour() -> datetime:
    now = int(utcnow().timestamp())
    return datetime.fromtimestamp(now - now % 1800, UTC)


def test_a_file_in_a_watched_folder_is_on_the_card_and_the_doctor_names_what_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, file = tmp_path / "exports", tmp_path / "floor.yaml"
    folder.mkdir()
    file.write_text(Path("floor.yaml").read_text() + SOURCES.replace("FOLDER", str(folder)))
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file) as floor:
        channel = floor.declares("S1 dialer trunk of the folder story")
        header = "Queue,Site,Interval start,Offered,Answered,Answered in 20 seconds,Abandoned,AHT,ASA,Agents"
        row = f"Billing,Manila,{this_half_hour():%Y-%m-%dT%H:%M}Z,120,80,60,40,300,45,40"
        (folder / "report.csv").write_text(f"{header}\n{row}\n")
        (folder / "people.csv").write_text("name,colour\nAna,blue\n")
        for exported in folder.iterdir():
            os.utime(exported, (utcnow().timestamp(),) * 2)
        floor.passes(minutes=2)
        floor.passes_until(lambda: "Service level 50 %" in floor.card(channel), seconds=30)

        typed = Typed(floor, monkeypatch, tmp_path)
        monkeypatch.setenv("WATCHFLOOR_FLOOR_FILE", str(file))
        listed = typed.types("sources", "list").output
        assert "exports (folder): tables, 2 rows, " in listed
        assert "No line of people.csv names columns that I know" in listed
        tried = typed.types("sources", "try", "exports").output
        assert "tables: 1 rows came, and more follows." in tried
        assert "OKTA_TOKEN, which is not set" in typed.types("sources", "try", "locks").output
        report = typed.types("doctor").output
        assert "✓ The source exports (folder) can be read: tables." in report
        assert "✗ The source locks (okta): The source `locks` needs the environment variable OKTA_TOKEN" in report


def test_cases_of_a_source_are_on_the_board_and_decisions_are_work_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utcnow()
    stand_in = ServiceNowStandIn()
    moment = f"{now - timedelta(minutes=50):%Y-%m-%d %H:%M:%S}"
    stand_in.incident(7, moment, short_description="Card payments refused <!here>", priority="1")
    target = {
        "sys_id": "t",
        "task": f"{7:032x}",
        "sla": "P1 resolution",
        "stage": "in_progress",
        "start_time": moment,
        "planned_end_time": f"{now + timedelta(minutes=10):%Y-%m-%d %H:%M:%S}",
        "pause_duration": "",
        "has_breached": "false",
    }
    stand_in.tables["task_sla"] = [target]
    monkeypatch.setenv("SERVICENOW_TOKEN", TOKEN)
    with running(stand_in):
        source = f"{{kind: servicenow, url: {stand_in.url}, secret: SERVICENOW_TOKEN, every: 1 min, "
        source += "insecure: true, allow_networks: [127.0.0.0/8]}"
        file = tmp_path / "floor.yaml"
        file.write_text(f"{Path('floor.yaml').read_text()}\nsources:\n  support: {source}\n")
        with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file) as floor:

            def board() -> str:
                floor.says("ana", "/incident board")
                return floor.whispered("ana")[-1]

            floor.passes_until(lambda: "INC0000007" in board(), seconds=30)
            assert "Cases of support" not in board()
            stand_in.faults.extend(["unauthorized"] * 6)
            floor.passes(minutes=40)
            assert "Cases of support: 4" in board()
            # The answer to the first attempt is lost; the note is there once.
            stand_in.faults = deque(["", "answer lost"])
            with floor.services.database.transaction() as session:
                cases = list(session.exec(select(Case)))
                assert [(case.priority, case.team) for case in cases] == [("P1", "Billing")]
                assert cases[0].due_at is not None
                assert abs(cases[0].due_at - now - timedelta(minutes=10)) < timedelta(seconds=2)
                notes.add_to_all(session, floor.services, cases, "note", "k", "Part of incident 1.", "", utcnow())
            floor.settle()
            floor.passes_until(lambda: not stand_in.faults, seconds=30)
            floor.passes(minutes=2)
            floor.nothing_was_malformed()
        written = [note["value"] for note in stand_in.tables["sys_journal_field"]]
        assert [text.splitlines()[0] for text in written] == ["Watchfloor: Part of incident 1."]
