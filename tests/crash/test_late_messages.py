"""Slack carries out a request after the client has given up on it: the result is found and not created again."""

import pytest

from tests.crash import evidence
from tests.crash.rig import Rig

MANY = 50
ON_SQLITE = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("seconds", [1, 14, 29])
def test_messages_that_arrive_late_appear_once(rig: Rig, seconds: int) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    rig.sandbox.fault("chat.postMessage", "late", count=MANY, answer="cut", seconds=seconds)

    rig.says("/incident declare S3 phones are dead")
    assert bot.rests()
    rig.says("/incident update We are looking for the cause.", rig.channel_of(1).name)
    assert bot.rests()

    messages = rig.channel_of(1).messages.values()
    assert len([m for m in messages if "We are looking for the cause." in m.visible_text]) == 1
    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)


@ON_SQLITE
@pytest.mark.parametrize("seconds", [1, 20])
def test_messages_in_flight_while_the_process_is_killed_appear_once(rig: Rig, seconds: int) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    rig.sandbox.fault("chat.postMessage", "late", count=MANY, answer="wait", seconds=seconds)
    rig.says("/incident declare S3 phones are dead")
    rig.sandbox.wait_for(lambda: rig.sandbox.late_requests.calls)

    bot.is_killed()
    assert rig.starts_a_bot().rests()

    evidence.incident_is_whole(rig, 1)
    evidence.nothing_is_there_twice(rig)
