"""Calls that Slack did carry out though nobody heard, and calls that never reached it."""

import pytest

from tests.crash import evidence
from tests.crash.desk import Desk

METHODS = (
    "conversations.create",
    "conversations.invite",
    "chat.postMessage",
    "conversations.setTopic",
    "pins.add",
    "bookmarks.add",
    "conversations.open",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("trouble", ["lost_answer", "refused"])
def test_an_incident_is_whole_though_the_first_call_of_each_method_got_no_answer(desk: Desk, trouble: str) -> None:
    bot = desk.starts_a_bot()
    assert bot.rests()
    for method in METHODS:
        desk.sandbox.fault(method, trouble)

    desk.says("/incident declare S1 line 1 is down")
    assert bot.rests()
    channel = desk.channel_of(1)
    desk.says("/incident resolve", channel=channel.name)
    assert bot.rests()
    desk.says("/incident close", channel=channel.name)
    assert bot.rests()

    evidence.incident_is_whole(desk, 1)
    evidence.once_each(desk, 1, ("declared", "resolved", "closed", "postmortem_delivered"))
    assert evidence.post_mortems(desk, 1) == 1
    evidence.every_promise_was_kept_once(desk, 1)
    evidence.nothing_is_there_twice(desk)
