"""A latecomer reads a ten-line summary, at the cost of one call; nobody else sees it."""

from bot.incidents import ids
from slack_sandbox.model import Message
from tests.floor import TestFloor


def summaries(floor: TestFloor, who: str, channel: str) -> list[Message]:
    """The summaries shown to this person."""
    messages = floor.sandbox.person(who).sees(channel)
    return [message for message in messages if message.ephemeral and "*Impact:*" in message.visible_text]


def running(floor: TestFloor) -> str:
    """An incident that has been going on for a while."""
    channel = floor.declares("S2 IVR down")
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident impact half the callers <!here> hear nothing", channel)
    floor.says("ana", "/incident note decision: we fail over to Cebu", channel)
    floor.says("ana", "/incident note ruled out: the firewall", channel)
    floor.says("ana", "/incident bridge https://meet.example.com/j/7", channel)
    return channel


def test_a_person_who_joins_late_sees_the_summary_once_and_an_earlier_member_does_not(floor: TestFloor) -> None:
    channel = running(floor)
    floor.devi.joins(channel)
    floor.settle()
    assert summaries(floor, "devi", channel) == [], "in the first minutes there is nothing to catch up on"

    floor.passes(minutes=10)
    calls = len(floor.sandbox.calls_of("chat.postEphemeral"))
    floor.ben.joins(channel)
    floor.settle()

    (message,) = summaries(floor, "ben", channel)
    summary = message.visible_text
    assert len(floor.sandbox.calls_of("chat.postEphemeral")) - calls == 1
    for expected in (
        "*S2* *IVR down*",
        "half the callers",
        "<@U0ANA>",
        "*Decided:* we fail over to Cebu (",
        "\n*Ruled out:* the firewall (",
        "Next update",
        "Join the bridge",
    ):
        assert expected in summary
    assert "<!here>" not in floor.live_markup(channel, "ben")
    assert summary.count("\n") < 10 + 2, "ten lines, and the buttons"
    assert "archives/" in str(message.blocks), "with links"

    for who in (floor.devi, floor.ben):
        who.leaves(channel)
        floor.settle()
        who.joins(channel)
        floor.settle()
    assert summaries(floor, "devi", channel) == []
    assert len(summaries(floor, "ben", channel)) == 1


def test_the_summary_is_shown_to_a_person_who_asks_or_subscribes(floor: TestFloor) -> None:
    channel = running(floor)
    floor.passes(minutes=10)

    floor.ana.clicks(ids.CATCH_UP, channel=channel)
    floor.settle()
    assert len(summaries(floor, "ana", channel)) == 1
    floor.ana.types("/incident catchup", channel=channel)
    floor.settle()
    floor.chloe.clicks(ids.SUBSCRIBE, channel="incidents")
    floor.settle()
    (answer,) = [words for words in floor.ephemeral("chloe", "incidents") if "You get the updates" in words]
    assert "half the callers" in answer
