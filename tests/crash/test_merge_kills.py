"""Killed between the commit of a merge and what follows: the merged incident leads on after the next start."""

import pytest

from slack_sandbox.model import Channel
from tests.crash import evidence
from tests.crash.desk import Desk

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
KILLED_AFTER_COMMITS = (1, 2, 4)


def test_a_merged_incident_leads_to_the_other_one_wherever_it_is_killed(desk: Desk) -> None:
    merged: list[Channel] = []
    for number, commits in enumerate(KILLED_AFTER_COMMITS, start=1):
        bot = desk.starts_a_bot()
        assert bot.rests()
        if not merged:
            desk.declares(bot, "S4 headsets hum")
        channel = desk.declares(bot, f"S4 line {number} is down")
        merged.append(channel)
        desk.says("/incident claim commander", channel.name)
        assert bot.rests()
        bot.dies("commit", commits)
        desk.says("/incident merge 1", channel.name)
        assert not bot.rests(), "it was killed"
    assert desk.starts_a_bot().rests()

    assert evidence.with_entry(desk, "merged") == [2, 3, 4]
    for channel in merged:
        said = [message for message in channel.messages.values() if "Please go on in" in message.words]
        assert len(said) == 1, f"{channel.name} says where it goes on"
        assert "merged into #1" in channel.topic["value"]
    assert evidence.count_of(desk, 1, "merged_from") == 3
    evidence.nothing_is_there_twice(desk)
