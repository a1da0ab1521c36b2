"""Messages that can wait reach a reader together: updates of one minute in one channel, and direct messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import TestFloor
from tests.stories.seen_updates import updates
from tests.stories.test_subscriptions import copies

PLAYBOOKS = Path(__file__).parent / "playbooks"


@pytest.fixture
def shared_floor(tmp_path: Path) -> Iterator[TestFloor]:
    """Engineering and the front line read in the channel of the executives, each in their own words."""
    shipped = Path("floor.yaml").read_text()
    for channel in ("#engineering", "#front-line"):
        shipped = shipped.replace(f'channels: ["{channel}"]', 'channels: ["#executives"]')
    file = tmp_path / "floor.yaml"
    file.write_text(shipped.replace("cadence: {S0: 20 min, S1: 20 min", "cadence: {S0: 25 min, S1: 20 min"))
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_audiences_of_one_standing_that_are_due_together_in_one_channel_are_one_message(
    shared_floor: TestFloor,
) -> None:
    floor = shared_floor
    channel = floor.declares("S0 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    before = len(updates(floor, "executives"))

    floor.passes(minutes=30)

    together, outside = sorted(updates(floor, "executives")[before:], key=lambda text: "What to tell" in text)
    assert "*What we are doing:*" in together
    assert " · Telephony or IVR\n" in together
    assert together.count("*Impact:* Half the calls are lost") == 1, "what both say is said once"
    assert "*Next update <!date^" in together.splitlines()[-1]
    assert "What to tell customers" in outside, "what outsiders read is a message of its own"
    assert "IVR down" not in outside

    floor.says("ana", "/incident pause the carrier works until six", channel)
    together = next(text for text in updates(floor, "executives")[before:] if "*What we are doing:*" in text)
    assert together.count("Updates are paused: the carrier works until six") == 2, "it is edited where it is"


def test_a_person_gets_one_direct_message_a_minute_of_those_that_can_wait(floor: TestFloor) -> None:
    floor.says("chloe", "/incident subscribe everything")
    one, two, three = (
        floor.declares(f"S1 {title}") for title in ("Chat is slow", "IVR down", "Rosters are missing")
    )
    floor.says("ana", "/incident update Agents restart", one)
    [first] = copies(floor, "chloe")
    assert "Agents restart" in first

    floor.says("ana", "/incident update The carrier is called", two)
    floor.says("ana", "/incident update Rosters come by mail", three)
    floor.says("ana", "/incident update The carrier answers", two)
    assert len(copies(floor, "chloe")) == 1
    floor.passes(minutes=1)

    [_, second] = copies(floor, "chloe")
    assert "The carrier answers" in second
    assert "The carrier is called" not in second, "newer words take its place"
    assert "Rosters come by mail" in second

    floor.says("ana", "/incident private names of customers", two)
    floor.passes(minutes=1)
    [first, second] = copies(floor, "chloe")
    assert "The carrier answers" not in second, "what is private now is taken out of the message"
    assert "Rosters come by mail" in second
    floor.says("ana", "/incident private names of customers", three)
    floor.passes(minutes=1)
    assert copies(floor, "chloe") == [first]


def test_an_update_that_is_on_its_way_when_its_incident_becomes_private_is_deleted_where_it_arrives(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S2 IVR down")
    floor.sandbox.fault("chat.postMessage", "lost_answer", count=4)
    floor.says("ana", "/incident update The secret of Sagebrush", channel)
    assert "The secret of Sagebrush" in floor.words("executives"), "it is there, and the bot does not know"

    floor.says("ana", "/incident private personal data", channel)
    floor.passes_until(lambda: "The secret" not in floor.words("executives") + floor.words("engineering"))
    floor.passes(minutes=2)

    assert "The secret" not in "".join(floor.words(place) for place in ("incidents", "executives", "engineering"))
