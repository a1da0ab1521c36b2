"""What becomes of an incident: renamed, declined, merged, a drill."""

from tests.floor import TestFloor
from tests.stories.record import timeline


def channel_names(floor: TestFloor, who: str) -> list[str]:
    return [channel.name for channel in floor.sandbox.person(who).channels()]


def test_a_new_title_is_seen_everywhere_and_the_channel_has_its_name(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    floor.ben.creates_channel("inc-1-ivr-and-chat-down")

    floor.says("ana", "/incident rename IVR and chat down <!here>", "inc-1-ivr-down")
    floor.says("ana", "/incident rename IVR and chat down", channel_names(floor, "ana")[-1])

    [channel] = [name for name in channel_names(floor, "ana") if name.startswith("inc-1")]
    assert channel == "inc-1-ivr-and-chat-down-2"
    assert "🟠 S1 · IVR and chat down" in floor.card(channel)
    assert "IVR and chat down" in floor.words("incidents")
    assert "IVR and chat down" in floor.sandbox.workspace.channel(channel).topic["value"]
    assert len(timeline(floor, "renamed")) == 2
    assert "Please say what it is called now" in floor.says("ana", "/incident rename", channel)
