"""Kills between the commit of a merge and its consequences: the merged incident points on after the next start."""

import pytest

from slack_sandbox.model import Channel
from tests.crash import evidence
from tests.crash.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
KILLED_AFTER_COMMITS = (1, 2, 4)


def test_a_merged_incident_points_to_the_other_one_wherever_the_bot_is_killed(rig: Rig) -> None:
    merged_channels: list[Channel] = []
    for number, commits in enumerate(KILLED_AFTER_COMMITS, start=1):
        bot = rig.starts_a_bot()
        assert bot.rests()
        if not merged_channels:
            rig.declares(bot, "S4 headsets hum")
        channel = rig.declares(bot, f"S4 line {number} is down")
        merged_channels.append(channel)
        rig.says("/incident claim commander", channel.name)
        assert bot.rests()
        bot.dies("commit", commits)
        rig.says("/incident merge 1", channel.name)
        assert not bot.rests(), "it was killed"
    assert rig.starts_a_bot().rests()

    assert evidence.with_entry(rig, "merged") == [2, 3, 4]
    for channel in merged_channels:
        messages = [message for message in channel.messages.values() if "Please go on in" in message.visible_text]
        assert len(messages) == 1, f"{channel.name} says where it goes on"
        assert "merged into #1" in channel.topic["value"]
    assert evidence.count_of(rig, 1, "merged_from") == 3
    evidence.nothing_is_there_twice(rig)
