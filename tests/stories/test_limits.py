"""One person who does too much at once is stopped with a sentence; everybody else is still served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.incidents import ids, parse
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    settings = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
    settings["limits"] = {
        "declarations_per_person": 4,
        "declarations": 5,
        "commands_per_person": 9,
        "clicks_per_person": 12,
    }
    (tmp_path / "floor.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=tmp_path / "floor.yaml") as floor:
        yield floor
        floor.nothing_was_malformed()


def test_a_flood_of_declarations_and_commands_is_stopped_and_others_are_served(floor: TestFloor) -> None:
    floor.sandbox.fault("conversations.create", "rate_limited", retry_after=1, count=2)
    for number in range(4):
        floor.ana.types(f"/incident declare S3 line {number}", channel="general")
    refusal = floor.ana.types("/incident declare S3 line 5", channel="general").text
    assert str(refusal).startswith("You have declared 4 incidents within a minute")

    # A colleague's first declaration is always accepted; the second counts towards the limit.
    assert "Opening an incident" in floor.says("ben", "/incident declare S0 every line is dead")
    assert floor.says("ben", "/incident declare S3 chat").startswith(
        "5 incidents were declared here within a minute"
    )
    assert len([channel for channel in floor.ben.channels() if channel.name.startswith("inc-")]) == 5

    for _ in range(4):
        floor.says("ana", "/incident list")
    assert floor.says("ana", "/incident list").startswith("You have typed 9 commands within a minute")
    floor.says("ben", "/incident list")
    assert "every line is dead" in floor.ephemeral("ben")[-1]
    floor.passes(minutes=2)
    assert "Opening an incident" in floor.says("ana", "/incident declare S3 line 6")


def test_an_overlong_command_is_refused(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")

    answer = floor.says("ana", f"/incident update {'hope ' * 8_000}", channel)

    assert answer.startswith(f"That is 39,999 characters, and a command takes at most {parse.MAX_COMMAND:,}.")


def test_a_flood_of_clicks_is_stopped_with_one_sentence_and_others_are_served(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.ana.types("/incident severity", channel=channel)
    floor.ana.fills("Severity", "S2")
    floor.ana.fills("Why?", "it is better")
    for _ in range(15):
        assert floor.ana.clicks(ids.PANEL, channel=channel).acked
    floor.settle()

    sentences = [words for words in floor.ephemeral("ana", channel) if words.startswith("You have pressed buttons")]
    assert sentences == [
        "You have pressed buttons and sent forms 12 times within a minute, which is the most that one person may. "
        "Nothing was done; please wait a minute."
    ]
    refusal = floor.ana.submits()
    assert str(refusal.errors[ids.SEVERITY]).startswith("You have pressed buttons and sent forms 12 times")
    floor.ben.joins(channel)
    floor.ben.clicks(f"{ids.CLAIM}.commander", channel=channel)
    floor.settle()
    assert "<@U0BEN>" in floor.card(channel)

    floor.passes(minutes=2)
    assert not floor.ana.submits().errors
    floor.settle()
    assert "S2 · IVR down" in floor.card(channel)
