"""`watchfloor export`: everything about one incident in files, which are opened and checked."""

import csv
import html
import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from tests.floor import TestFloor
from tests.stories.command_line import Typed
from tests.stories.seen_followups import is_told

FORMULA = "=HYPERLINK(1) <script>alert(1)</script>"
TYPED = html.escape(FORMULA, quote=False)  # as Slack sends it


@pytest.fixture
def command_line(floor: TestFloor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typed:
    """The command line of the same installation."""
    return Typed(floor, monkeypatch, tmp_path)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_everything_about_an_incident_is_exported_in_safe_files(floor: TestFloor, command_line: Typed) -> None:
    channel = floor.declares(f"S2 {TYPED}")
    floor.says("ana", "/incident claim", channel)
    floor.says("ana", "/incident note decision: the rack is on 🔥 :company-logo:", channel)
    floor.ana.says(TYPED, channel=channel)
    floor.says("ana", f"/incident followup @ben {TYPED}", channel)
    floor.says("ana", f"/incident update {TYPED}", channel)
    floor.says("ana", f"/incident page <@U0DEVI> {TYPED}", channel)
    is_told(floor, "ben", "HYPERLINK")
    command_line.signs_in(floor.sandbox)

    result = command_line.types("export", "1", "--to", str(command_line.folder / "out"))

    assert result.exit_code == 0, result.output
    (command_line.folder / "file").touch()
    elsewhere = command_line.types("export", "1", "--to", str(command_line.folder / "file" / "out"))
    assert "cannot be written: Not a directory. Choose another place with `--to`." in elsewhere.output
    for command in ("export", "hold"):
        assert "There is no incident 99 in this database." in command_line.types(command, "99").output
    files = {path.name: path.read_bytes() for path in (command_line.folder / "out").iterdir()}
    names = {
        "incident.json",
        "timeline.csv",
        "updates.csv",
        "steps.csv",
        "follow-ups.csv",
        "pages.csv",
        "partners.csv",
        "handovers.csv",
    }
    assert names | {"post-mortem-1.md", "post-mortem-1.html", "post-mortem-1-leadership.html"} <= set(files)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (command_line.folder / "out").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((command_line.folder / "out").stat().st_mode) == 0o700

    assert files["timeline.png"].startswith(b"\x89PNG")
    record = json.loads(files["incident.json"])
    assert (record["format"], record["version"], record["incident"]["title"]) == ("watchfloor-incident", 1, FORMULA)
    assert record["people"]["U0BEN"] == "Ben Okafor"
    rows = {"timeline_entries", "follow_ups", "promises", "outbox", "playbook_steps", "pages", "timeline_log"}
    assert {name for name in rows if not record["tables"][name]} == set()
    assert table(files["follow-ups.csv"])[0]["what"] == f"'{FORMULA}"
    assert table(files["follow-ups.csv"])[0]["owner"] == "Ben Okafor"
    assert len(table(files["timeline.csv"])) == len(record["tables"]["timeline_entries"])
    cells = [cell for name in names - {"incident.json"} for row in table(files[name]) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-", "\t"))]
    for name in ("timeline.csv", "post-mortem-1.md", "post-mortem-1.html"):
        assert "the rack is on 🔥 :company-logo:" in files[name].decode(), name
    assert b"<script>" not in files["post-mortem-1.html"] + files["post-mortem-1.md"]
    secrets = (floor.sandbox.bot_token, floor.sandbox.app_token)
    assert not [name for name, content in files.items() for secret in secrets if secret.encode() in content]
    assert "is there already" in command_line.types("export", "1", "--to", str(command_line.folder / "out")).output


def test_a_private_incident_is_exported_only_on_explicit_request(floor: TestFloor, command_line: Typed) -> None:
    floor.says("ana", "/incident declare S2")
    floor.ana.fills("What is wrong?", "The payroll leaked")
    floor.ana.fills("Who may see it?", ["private"])
    assert floor.ana.submits().closed
    floor.settle()
    target = command_line.folder / "out.zip"

    refusal = command_line.types("export", "1", "--zip", "--to", str(target))
    assert refusal.exit_code == 1
    assert "--private" in refusal.output
    assert "payroll" not in refusal.output
    assert not target.exists()

    assert command_line.types("export", "1", "--zip", "--private", "--to", str(target)).exit_code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert b"The payroll leaked" in archive.read("incident.json")
        assert b"slack.com" not in archive.read("post-mortem-1.html"), "no address is invented while Slack is away"
    unknown = command_line.types("export", "9")
    assert (unknown.exit_code, "no incident 9 in this database" in unknown.output) == (1, True)
