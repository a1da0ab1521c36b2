"""Killed between a commit and what follows from it in Slack: it follows after the next start."""

from contextlib import suppress

import pytest

from bot.escalation import ids
from tests.crash import evidence
from tests.crash.desk import Desk, kill_points

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
TIER_1_MIN = 6


def outside(desk: Desk, numbers: list[int], person: str) -> list[int]:
    """The incidents of these in whose channel a person is not."""
    person_id = desk.sandbox.person(person).id
    return [number for number in numbers if person_id not in desk.channel_of(number).members]


def test_a_person_who_is_given_a_role_is_invited_wherever_it_is_killed(desk: Desk) -> None:
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S4 line {number} is down")
        bot.dies("commit", commits)
        desk.says("/incident assign commander <@U0CHLOE>", channel=channel.name)

    given = evidence.with_entry(desk, "role_given")
    assert len(given) >= 3
    assert outside(desk, given, "chloe") == []
    evidence.nothing_is_there_twice(desk)


def test_a_person_who_is_on_the_way_is_invited_wherever_it_is_killed(desk: Desk) -> None:
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S1 line {number} is down").name
        desk.sandbox.person("ana").kicks(channel, "devi")
        desk.passes(minutes=TIER_1_MIN)
        assert bot.rests()
        bot.dies("commit", commits)
        with suppress(TimeoutError):
            desk.sandbox.person("devi").clicks(ids.ON_MY_WAY, channel="dm", value=str(number))

    coming = evidence.with_entry(desk, "on_my_way")
    assert len(coming) >= 3
    assert outside(desk, coming, "devi") == []
    evidence.nothing_is_there_twice(desk)


def test_the_last_update_says_that_updates_are_paused_wherever_it_is_killed(desk: Desk) -> None:
    for bot, number, commits in kill_points(desk):
        channel = desk.declares(bot, f"S1 line {number} is down").name
        desk.says("/incident update calls go to Cebu", channel)
        assert bot.rests()
        bot.dies("commit", commits)
        desk.says("/incident pause the carrier works", channel)

    paused = evidence.with_entry(desk, "updates_paused")
    assert len(paused) >= 3
    silent = [
        number
        for number in paused
        for message in desk.channel_of(number).messages.values()
        if "calls go to Cebu" in message.words and "paused" not in message.words
    ]
    assert silent == [], "the last update of these incidents does not say that updates are paused"
    evidence.nothing_is_there_twice(desk)
