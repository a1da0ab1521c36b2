"""Kills while an incident becomes private: one private channel takes over, and everything is retracted."""

import pytest

from slack_sandbox.model import Channel
from tests.crash import evidence
from tests.crash.process import Moment
from tests.crash.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
KILLS: list[tuple[Moment, int]] = [("commit", 1), ("commit", 4), ("after", 1), ("before", 2)]


def test_an_incident_that_becomes_private_is_private_wherever_the_bot_is_killed(rig: Rig) -> None:
    for number, (moment, calls) in enumerate(KILLS, start=1):
        bot = rig.starts_a_bot()
        assert bot.rests()
        channel = rig.declares(bot, f"S4 line {number} is down").name
        bot.dies(moment, calls)
        rig.says("/incident private customer data", channel)
        assert not bot.rests(), "it was killed"
    assert rig.starts_a_bot().rests()

    assert evidence.with_entry(rig, "made_private") == [1, 2, 3, 4]
    sent = evidence.keys(rig)
    for number in (1, 2, 3, 4):
        old_channel, new_channel = _channels_of(rig, number)
        assert old_channel.is_archived
        assert not [message.visible_text for message in old_channel.messages.values() if message.blocks]
        assert new_channel.is_private
        assert not new_channel.is_archived
        assert rig.sandbox.person("ana").id in new_channel.members
        assert (sent[f"card:{number}::1"], sent[f"digest:{number}::0"]) == (1, 0)
        assert [
            message for message in new_channel.messages.values() if "What people wrote in" in message.visible_text
        ]


def _channels_of(rig: Rig, number: int) -> list[Channel]:
    """The incident's old channel and its private one."""
    channels = (channel for channel in rig.channels() if channel.name.startswith(f"inc-{number}-"))
    return sorted(channels, key=lambda channel: channel.is_private)
