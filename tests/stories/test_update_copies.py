"""Copies of an update, by direct message and below partners' notices, follow when it is amended."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from slack_sandbox.model import Message
from tests.floor import TestFloor
from tests.stories.seen_updates import drafts, puts_off
from tests.stories.test_partners import NORTHLINE, SAGEBRUSH, below
from tests.stories.test_subscriptions import copies

PLAYBOOKS = Path(__file__).parent / "playbooks"
ONE_BY_THE_CLOCK = Path(__file__).parent / "floors" / "updates.yaml"


@pytest.fixture
def quiet_floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor with one update in the first half hour of an S1, so that calls to Slack can be counted."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=ONE_BY_THE_CLOCK) as floor:
        yield floor
        floor.nothing_was_malformed()


def to_devi(floor: TestFloor) -> list[Message]:
    """The copies in Devi's direct messages."""
    return [message for message in floor.devi.direct_messages() if "You subscribed" in message.visible_text]


def test_a_subscribers_copy_is_edited_in_place_when_updates_pause_resume_and_change_pace(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("devi", "/incident subscribe everything")
    floor.passes(minutes=30)
    [sent] = to_devi(floor)

    floor.says("ana", "/incident pause the <!channel> &lt;!here&gt; carrier works until six", channel)

    [paused_copy] = to_devi(floor)
    assert paused_copy.ts == sent.ts
    assert "Updates are paused: the @channel &lt;!here&gt; carrier works until six" in paused_copy.visible_text
    assert "<!channel" not in paused_copy.visible_text
    assert "<!here" not in paused_copy.visible_text
    assert paused_copy.visible_text.endswith("You subscribed to these updates.\nUnsubscribe")
    floor.says("ana", "/incident resume", channel)
    [resumed_copy] = copies(floor, "devi")
    assert "paused" not in resumed_copy
    floor.says("ana", "/incident cadence operations 2 h", channel)
    [paced_copy] = copies(floor, "devi")
    assert "Changed: next update <!date^" in paced_copy
    floor.says("ana", "/incident cadence operations usual", channel)
    floor.tick()
    assert len(copies(floor, "devi")) == 1


def test_a_no_change_line_is_added_to_the_last_copy_instead_of_a_new_message(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("devi", "/incident subscribe everything")
    for _ in range(4):
        floor.passes(minutes=30)

    [last] = copies(floor, "devi")
    assert "no change since <!date^" in last
    assert last.count("Next update <!date^") == 1
    floor.says("ana", "/incident pause the carrier works until six", channel)
    [last] = copies(floor, "devi")
    assert "Updates are paused" in last
    assert "Next update" not in last
    floor.says("ana", "/incident resume", channel)
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.passes(minutes=30)
    assert "*Impact:* Half the calls are lost" in copies(floor, "devi")[1]


def test_a_postponed_update_says_so_in_its_copies_too(quiet_floor: TestFloor) -> None:
    floor = quiet_floor
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident assign comms <@U0BEN>", channel)
    floor.says("devi", "/incident subscribe everything")
    floor.passes(minutes=30)
    floor.passes(minutes=25)

    puts_off(floor, "ben", "operations", "they call back")

    [copy] = copies(floor, "devi")
    assert "Changed: next update <!date^" in copy
    assert "call back" not in copy
    assert "put off by" in drafts(floor, "ben")[-1]


def test_partners_are_told_below_their_notice_in_their_language_that_updates_pause_but_not_why(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S1 IVR down at Northline and Sagebrush")
    floor.says("ana", "/incident partners tell", channel)
    floor.says("ana", "/incident update Calls go to Cebu", channel)

    floor.says("ana", "/incident pause Chloe hopes for six", channel)

    [spanish], [english] = below(floor, SAGEBRUSH), below(floor, NORTHLINE)
    assert "Las actualizaciones están en pausa. La próxima llegará cuando se reanuden o, como muy tarde" in spanish
    assert "Updates are paused. The next one comes when they resume, at the latest when it is resolved" in english
    assert not any("Chloe" in text for text in (spanish, english))
    floor.says("ana", "/incident resume", channel)
    assert [len(below(floor, place)) for place in (SAGEBRUSH, NORTHLINE)] == [1, 1]
    assert "pausa" not in below(floor, SAGEBRUSH)[0]


def test_a_copy_whose_response_was_lost_is_found_and_edited_and_not_sent_again(quiet_floor: TestFloor) -> None:
    floor = quiet_floor
    channel = floor.declares("S1 IVR down")
    floor.says("devi", "/incident subscribe everything")
    floor.passes(minutes=25)
    # The channel's and the copy's, in either order.
    floor.sandbox.fault("chat.postMessage", "lost_answer", count=2)
    floor.passes(minutes=5)
    [sent] = to_devi(floor)

    floor.says("ana", "/incident pause the carrier works until six", channel)
    floor.passes(minutes=1)

    [copy] = to_devi(floor)
    assert copy.ts == sent.ts
    assert "Updates are paused: the carrier works until six" in copy.visible_text


def test_a_guest_who_left_the_channel_does_not_read_why_updates_pause(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.ana.invites(channel, "gus")
    floor.settle()
    floor.says("gus", "/incident subscribe", channel)
    floor.passes(minutes=30)
    assert len(copies(floor, "gus")) == 1
    floor.gus.leaves(channel)
    floor.settle()

    floor.says("ana", "/incident pause secret reasons", channel)

    [copy] = copies(floor, "gus")
    assert "secret" not in copy


def test_a_person_who_has_slack_in_spanish_gets_the_copy_its_lines_and_its_footer_in_spanish(
    floor: TestFloor,
) -> None:
    def spanish_copies() -> list[str]:
        texts = [message.visible_text for message in floor.devi.direct_messages()]
        return [text for text in texts if "Te has suscrito a estas actualizaciones." in text]

    floor.sandbox.workspace.speak(floor.devi.user, "es-ES")
    floor.settle()
    channel = floor.declares("S1 IVR down in Manila")
    floor.says("ana", "/incident claim commander", channel)
    for name in ("devi", "chloe"):
        floor.says(name, "/incident subscribe everything")
    floor.says("ana", "/incident impact half of the calls are lost", channel)
    floor.says("ana", "/incident update calls go to Cebu", channel)
    floor.passes(minutes=2)

    [copy] = spanish_copies()
    assert "*Impacto:* half of the calls are lost" in copy
    assert "calls go to Cebu" in copy
    assert "Impact:" not in copy
    assert "*Impact:* half of the calls are lost" in copies(floor, "chloe")[-1]

    for _ in range(3):
        floor.passes(minutes=30)
    assert "sin cambios desde" in spanish_copies()[-1]
    assert "no change" not in spanish_copies()[-1]

    floor.says("ana", "/incident pause the carrier works until six", channel)
    assert "Las actualizaciones están en pausa" in spanish_copies()[-1]
    assert "Updates are paused" not in spanish_copies()[-1]
