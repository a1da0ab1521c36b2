"""Killing the process anywhere between a partner's notice and the all-clear tells each partner once."""

from bot.partners import ids
from tests.crash import evidence
from tests.crash.conftest import EACH_MOMENT
from tests.crash.desk import Desk, kill_points
from tests.crash.process import Moment

CHANNEL = "partner-northline"


def said(desk: Desk) -> list[str]:
    """The keys of everything the bot sent into the partner's channel."""
    (channel,) = [channel for channel in desk.channels() if channel.name == CHANNEL]
    with desk.sandbox.workspace.lock:
        return [
            message.metadata["event_payload"]["key"] for message in channel.messages.values() if message.metadata
        ]


@EACH_MOMENT
def test_a_notice_that_is_killed_at_any_call_reaches_its_partner_once(desk: Desk, moment: Moment) -> None:
    killed = 0
    for bot, number, calls in kill_points(desk):
        channel = desk.declares(bot, f"S4 Northline {number} is down")
        # The notice is one call: it is killed after that, or before it.
        bot.dies(moment, calls if moment == "after" else calls - 1)
        desk.says("/incident partners tell", channel=channel.name)
        killed = number

    assert calls >= 2, "it was killed at the call of the notice"
    for number in range(1, killed + 1):
        told = said(desk)
        assert told.count(f"partner:{number}:Northline:0") <= 1
        if told.count(f"partner:{number}:Northline:0"):
            evidence.once_each(desk, number, ("partner_told",))
    assert sum(key.startswith("partner:") for key in said(desk)) >= killed - 1
    evidence.nothing_is_there_twice(desk)


def test_the_reminder_and_the_all_clear_find_their_notice_after_the_bot_was_killed(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    channel = desk.declares(bot, "S1 line is down at Northline")
    desk.says("/incident partners tell", channel=channel.name)
    assert bot.rests()
    bot.is_killed()
    desk.passes(minutes=11)
    bot = desk.starts_a_bot()
    assert bot.rests()
    bot.is_killed()

    bot = desk.starts_a_bot()
    desk.sandbox.person("olga").clicks(ids.RECEIVED, channel=CHANNEL)
    assert bot.rests()
    desk.passes(minutes=30)
    desk.says("/incident resolve over", channel=channel.name)
    assert bot.rests()

    evidence.once_each(desk, 1, ("partner_told", "partner_reminded", "partner_received", "partner_cleared"))
    below = [key for key in said(desk) if key.startswith("partner:") and not key.endswith(":0")]
    assert sorted(key.split(":")[2] for key in below) == ["clear", "reminder"]
    evidence.nothing_is_there_twice(desk)
