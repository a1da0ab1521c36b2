"""An older version was killed in the middle of its calls to Slack: the new one finishes each of them once.

`databases/0013` contains what version 0013 left behind when it was killed while calls were being cut off: its two
databases, the workspace as Slack had it, and the moment of the kill. Notices to two partners, updates, a page,
a picture and the files of a post-mortem were in flight; some of them had already reached Slack completely.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime.clock import machine_time
from tests.crash import evidence
from tests.crash.rig import Rig
from tests.floors import with_a_bookmark

LEFT_BEHIND = Path(__file__).parent / "databases" / "0013"
SECONDS_LATER = 20
PICTURE = "timeline-3.png"
POST_MORTEM = ("post-mortem-2-leadership.html", "post-mortem-2.html", "post-mortem-2.md")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """The databases and the workspace, shortly after the kill."""
    for name in ("watchfloor", "watchfloor-flows"):
        with sqlite3.connect(tmp_path / f"{name}.sqlite") as database:
            database.executescript((LEFT_BEHIND / f"{name}.sql").read_text())
    workspace = tmp_path / "workspace.json"
    workspace.write_text((LEFT_BEHIND / "workspace.json").read_text())
    with Rig(tmp_path, f"sqlite:///{tmp_path}/watchfloor.sqlite", workspace) as rig:
        killed_at = json.loads((LEFT_BEHIND / "killed_at.json").read_text())["at"]
        # The saved state has updates in flight to more audiences than the rig's own floor file has.
        rig.floor_file = with_a_bookmark(tmp_path)
        rig.sandbox.clock_offset_s = killed_at + SECONDS_LATER - machine_time().timestamp()
        yield rig


def file_names(rig: Rig) -> list[str]:
    """The names of all files shown in conversations."""
    return sorted(file["name"] for message in evidence.messages(rig) for file in message.files)


def test_everything_in_flight_arrives_once_after_an_upgrade(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    for _ in range(4):
        assert bot.rests()
        rig.passes(seconds=SECONDS_LATER)
    assert bot.rests()

    sent = evidence.keys(rig)
    expected_keys = [
        "partner:1:Northline:0",
        "partner:1:Sagebrush:0",
        "page:1:1:0",
        "ladder:1::0",
        "postmortem:2:1:0",
    ]
    expected_keys += ["update:1:partners:1:#partners", "update:1:customers:1:#front-line"]
    assert {key: sent[key] for key in expected_keys} == dict.fromkeys(expected_keys, 1)
    assert file_names(rig) == sorted([PICTURE, *POST_MORTEM])
    evidence.once_each(rig, 1, ("paged",))
    evidence.once_each(rig, 2, ("postmortem_delivered",))
    evidence.nothing_is_there_twice(rig)
