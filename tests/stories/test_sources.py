"""Sources of a floor: read on their schedule, named with their age, tried by hand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.runtime.clock import utcnow
from tests.floor import TestFloor
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
