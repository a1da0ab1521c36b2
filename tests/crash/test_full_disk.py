"""The disk is full for a while: acknowledged requests are finished afterwards, once, without a restart."""

import pytest

from bot.runtime.waiting import wait_until
from tests.crash import evidence
from tests.crash.rig import Rig
from tests.floors import AUDIENCES

PATIENCE_S = 20
BEGUN = 3


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
def test_requests_acknowledged_before_the_disk_was_full_are_finished_once_there_is_space(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    rig.sandbox.fault("conversations.create", "delay", seconds=1.5, count=BEGUN)
    for number in range(2, 2 + BEGUN):
        rig.says(f"/incident declare S1 line {number} is down")
    assert bot.has_flows_running

    bot.has_full_disk(True)
    assert wait_until(lambda: not bot.has_flows_running, PATIENCE_S)
    assert not bot.is_healthy
    refusal = rig.sandbox.person("ana").types("/incident declare S1 line 9 is down", channel="general").text
    rig.passes(hours=1)

    bot.has_full_disk(False)
    assert bot.is_healthy
    for _ in range(2):
        bot.adopts()
    assert bot.rests()

    assert "I do not know whether that was done" in str(refusal)
    for number in range(1, 2 + BEGUN):
        evidence.incident_is_whole(rig, number)
    assert evidence.every_promise_was_kept_once(rig, 1) == len(AUDIENCES)
    evidence.nothing_is_there_twice(rig)
