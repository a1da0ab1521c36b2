"""Killed between a commit and what follows from it in Slack: it follows after the next start."""

from contextlib import suppress

import pytest

from bot.escalation import ids
from tests.crash import evidence
from tests.crash.desk import BotProcess, Desk
from tests.crash.kills import kill_everywhere

pytestmark = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
TIER_1_MIN = 6


HEARTBEATS = 2


def is_outside(desk: Desk, person: str) -> bool:
    """Is a person not in the incident's channel?"""
    return desk.sandbox.person(person).id not in desk.channel_of(1).members


def test_a_person_who_is_given_a_role_is_invited_wherever_it_is_killed(desk: Desk) -> None:
    given: list[bool] = []

    def declared(bot: BotProcess) -> None:
        desk.declares(bot, "S4 line 1 is down")

    def assign() -> None:
        desk.says("/incident assign commander <@U0CHLOE>", channel=desk.channel_of(1).name)

    def is_invited() -> None:
        given.append(evidence.with_entry(desk, "role_given") == [1])
        assert is_outside(desk, "chloe") == (not given[-1])
        evidence.nothing_is_there_twice(desk)

    kill_everywhere(desk, "commit", prepare=declared, act=assign, check=is_invited)

    assert given.count(True) >= 3
    assert given.count(False) <= HEARTBEATS


def test_a_person_who_is_on_the_way_is_invited_wherever_it_is_killed(desk: Desk) -> None:
    coming: list[bool] = []

    def paged(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down")
        desk.sandbox.person("ana").kicks(channel.name, "devi")
        desk.passes(minutes=TIER_1_MIN)

    def answer() -> None:
        with suppress(TimeoutError):
            desk.sandbox.person("devi").clicks(ids.ON_MY_WAY, channel="dm")

    def is_invited() -> None:
        coming.append(evidence.with_entry(desk, "on_my_way") == [1])
        assert is_outside(desk, "devi") == (not coming[-1])
        evidence.nothing_is_there_twice(desk)

    kill_everywhere(desk, "commit", prepare=paged, act=answer, check=is_invited)

    assert coming.count(True) >= 3
    assert coming.count(False) <= HEARTBEATS


def test_the_last_update_says_that_updates_are_paused_wherever_it_is_killed(desk: Desk) -> None:
    paused: list[bool] = []

    def updated(bot: BotProcess) -> None:
        channel = desk.declares(bot, "S1 line 1 is down").name
        desk.says("/incident update calls go to Cebu", channel)

    def pause() -> None:
        desk.says("/incident pause the carrier works", desk.channel_of(1).name)

    def says_so() -> None:
        paused.append(evidence.with_entry(desk, "updates_paused") == [1])
        updates = [m.words for m in desk.channel_of(1).messages.values() if "calls go to Cebu" in m.words]
        assert updates
        assert all(("paused" in words) == paused[-1] for words in updates), updates
        evidence.nothing_is_there_twice(desk)

    kill_everywhere(desk, "commit", prepare=updated, act=pause, check=says_so)

    assert paused.count(True) >= 3
    assert paused.count(False) <= HEARTBEATS
