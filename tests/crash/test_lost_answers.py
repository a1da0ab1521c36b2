"""Calls that Slack carried out although the response was lost, and calls that never reached it."""

import pytest

from tests.crash import evidence
from tests.crash.rig import Rig

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


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
@pytest.mark.parametrize("trouble", ["lost_answer", "refused"])
def test_an_incident_is_complete_although_the_first_call_of_each_method_got_no_answer(
    rig: Rig, trouble: str
) -> None:
    bot = rig.starts_a_bot()
    assert bot.rests()
    for method in METHODS:
        rig.sandbox.fault(method, trouble)

    rig.says("/incident declare S1 line 1 is down")
    assert bot.rests()
    channel = rig.channel_of(1)
    rig.says("/incident resolve over", channel=channel.name)
    assert bot.rests()
    rig.says("/incident close", channel=channel.name)
    assert bot.rests()

    evidence.incident_is_whole(rig, 1)
    evidence.once_each(rig, 1, ("declared", "resolved", "closed", "postmortem_delivered"))
    assert evidence.post_mortems(rig, 1) == 1
    evidence.every_promise_was_kept_once(rig, 1)
    evidence.nothing_is_there_twice(rig)
