"""Slack carries a request out after the client has given it up: it is found, and not made again."""

import pytest

from tests.crash import evidence
from tests.crash.desk import Desk

MANY = 50
ON_SQLITE = pytest.mark.parametrize("desk", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("seconds", [1, 14, 29])
def test_messages_that_arrive_late_are_there_once(desk: Desk, seconds: int) -> None:
    bot = desk.starts_a_bot()
    assert bot.rests()
    desk.sandbox.fault("chat.postMessage", "late", count=MANY, answer="cut", seconds=seconds)

    desk.says("/incident declare S3 phones are dead")
    assert bot.rests()
    desk.says("/incident update We are looking for the cause.", desk.channel_of(1).name)
    assert bot.rests()

    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)


@ON_SQLITE
@pytest.mark.parametrize("seconds", [1, 20])
def test_messages_on_their_way_while_the_process_is_killed_are_there_once(desk: Desk, seconds: int) -> None:
    bot = desk.starts_a_bot()
    assert bot.rests()
    desk.sandbox.fault("chat.postMessage", "late", count=MANY, answer="wait", seconds=seconds)
    desk.says("/incident declare S3 phones are dead")
    desk.sandbox.wait_for(lambda: desk.sandbox.late_requests.calls)

    bot.is_killed()
    assert desk.starts_a_bot().rests()

    evidence.incident_is_whole(desk, 1)
    evidence.nothing_is_there_twice(desk)
