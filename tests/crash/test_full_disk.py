"""The disk is full for a while: what was acknowledged is finished afterwards, without a restart, once."""

import pytest

from bot.runtime.waiting import wait_until
from tests.crash import evidence
from tests.crash.desk import Desk
from tests.floors import AUDIENCES

PATIENCE_S = 20
BEGUN = 3


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_what_was_acknowledged_before_the_disk_was_full_is_finished_when_it_is_not(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    desk.declares(bot, "S1 line 1 is down")
    desk.sandbox.fault("conversations.create", "delay", seconds=1.5, count=BEGUN)
    for number in range(2, 2 + BEGUN):
        desk.says(f"/incident declare S1 line {number} is down")
    assert bot.has_flows_running

    bot.has_full_disk(True)
    assert wait_until(lambda: not bot.has_flows_running, PATIENCE_S)
    assert not bot.is_healthy
    refused = desk.sandbox.person("ana").types("/incident declare S1 line 9 is down", channel="general").text
    desk.passes(hours=1)

    bot.has_full_disk(False)
    assert bot.is_healthy
    for _ in range(2):
        bot.adopts()
    assert bot.rests()

    assert "I do not know whether that was done" in str(refused)
    for number in range(1, 2 + BEGUN):
        evidence.incident_is_whole(desk, number)
    assert evidence.every_promise_was_kept_once(desk, 1) == len(AUDIENCES)
    evidence.nothing_is_there_twice(desk)
