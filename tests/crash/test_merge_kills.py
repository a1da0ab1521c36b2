"""Killed between the commit of a merge and what follows: the merged incident leads on after the next start."""

import pytest

from tests.crash import evidence
from tests.crash.desk import Desk, kill_points

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)


def test_a_merged_incident_leads_to_the_other_one_wherever_it_is_killed(desk: Desk) -> None:
    target = ""
    for bot, number, commits in kill_points(desk):
        target = target or desk.declares(bot, "S4 headsets hum").name
        merged = desk.declares(bot, f"S4 line {number} is down").name
        desk.says("/incident claim commander", merged)
        assert bot.rests()
        bot.dies("commit", commits)
        desk.says("/incident merge 1", merged)

    numbers = evidence.with_entry(desk, "merged")
    assert len(numbers) >= 3
    for number in numbers:
        channel = desk.channel_of(number)
        said = [message for message in channel.messages.values() if "Please go on in" in message.words]
        assert len(said) == 1, f"incident {number} says where it goes on"
        assert "merged into #1" in channel.topic["value"]
        evidence.once_each(desk, number, ("merged",))
    assert evidence.count_of(desk, 1, "merged_from") == len(numbers)
    evidence.nothing_is_there_twice(desk)
