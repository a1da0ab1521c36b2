"""Killing the process anywhere between a partner's notice and the all-clear tells each partner once."""

from bot.partners import ids
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.conftest import DATABASE_AND_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import Rig

CHANNEL = "partner-northline"


def sent_keys(rig: Rig) -> list[str]:
    """The keys of everything the bot sent to the partner's channel."""
    (channel,) = [channel for channel in rig.channels() if channel.name == CHANNEL]
    with rig.sandbox.workspace.lock:
        return [
            message.metadata["event_payload"]["key"] for message in channel.messages.values() if message.metadata
        ]


@DATABASE_AND_MOMENT
def test_a_notice_killed_at_any_call_reaches_its_partner_once(rig: Rig, moment: Moment) -> None:
    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S4 Northline 1 is down")

    def tell() -> None:
        rig.says("/incident partners tell", channel=rig.channel_of(1).name)

    def is_told() -> None:
        assert sent_keys(rig).count("partner:1:Northline:0") == 1
        evidence.once_each(rig, 1, ("partner_told",))
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(rig, moment, prepare=declared, act=tell, check=is_told)

    assert calls >= 1, "it was killed at the call of the notice"


def test_the_reminder_and_the_all_clear_find_their_notice_after_a_kill(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    channel = rig.declares(bot, "S1 line is down at Northline")
    rig.says("/incident partners tell", channel=channel.name)
    assert bot.rests()
    bot.is_killed()
    rig.passes(minutes=11)
    bot = rig.starts_a_bot()
    assert bot.rests()
    bot.is_killed()

    bot = rig.starts_a_bot()
    rig.sandbox.person("olga").clicks(ids.RECEIVED, channel=CHANNEL)
    assert bot.rests()
    rig.passes(minutes=30)
    rig.says("/incident resolve over", channel=channel.name)
    assert bot.rests()

    evidence.once_each(rig, 1, ("partner_told", "partner_reminded", "partner_received", "partner_cleared"))
    reply_keys = [key for key in sent_keys(rig) if key.startswith("partner:") and not key.endswith(":0")]
    assert sorted(key.split(":")[2] for key in reply_keys) == ["clear", "reminder"]
    evidence.nothing_is_there_twice(rig)
