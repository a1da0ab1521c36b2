"""Kills between a commit and its consequences in Slack, which follow after the next start."""

from contextlib import suppress

import pytest

from bot.escalation import ids
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.kills import kill_everywhere
from tests.crash.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
TIER_1_MIN = 6


HEARTBEATS = 2


def is_outside(rig: Rig, person: str) -> bool:
    """Whether a person is not in the incident's channel."""
    return rig.sandbox.person(person).id not in rig.channel_of(1).members


def test_a_person_given_a_role_is_invited_wherever_the_bot_is_killed(rig: Rig) -> None:
    role_given: list[bool] = []

    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S4 line 1 is down")

    def assign() -> None:
        rig.says("/incident assign commander <@U0CHLOE>", channel=rig.channel_of(1).name)

    def is_invited() -> None:
        role_given.append(evidence.with_entry(rig, "role_given") == [1])
        assert is_outside(rig, "chloe") == (not role_given[-1])
        evidence.nothing_is_there_twice(rig)

    kill_everywhere(rig, "commit", prepare=declared, act=assign, check=is_invited)

    assert role_given.count(True) >= 3
    assert role_given.count(False) <= HEARTBEATS


def test_a_person_on_the_way_is_invited_wherever_the_bot_is_killed(rig: Rig) -> None:
    on_the_way: list[bool] = []

    def paged(bot: BotProcess) -> None:
        channel = rig.declares(bot, "S1 line 1 is down")
        rig.sandbox.person("ana").kicks(channel.name, "devi")
        rig.passes(minutes=TIER_1_MIN)

    def answer() -> None:
        with suppress(TimeoutError):
            rig.sandbox.person("devi").clicks(ids.ON_MY_WAY, channel="dm")

    def is_invited() -> None:
        on_the_way.append(evidence.with_entry(rig, "on_my_way") == [1])
        assert is_outside(rig, "devi") == (not on_the_way[-1])
        evidence.nothing_is_there_twice(rig)

    kill_everywhere(rig, "commit", prepare=paged, act=answer, check=is_invited)

    assert on_the_way.count(True) >= 3
    assert on_the_way.count(False) <= HEARTBEATS
