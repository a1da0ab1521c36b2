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
    """Engineering and the front line read in the executives' channel, each in its own wording."""
    shipped = Path("floor.yaml").read_text()
    for channel in ("#engineering", "#front-line"):
        shipped = shipped.replace(f'channels: ["{channel}"]', 'channels: ["#executives"]')
    file = tmp_path / "floor.yaml"
    file.write_text(shipped.replace("cadence: {S0: 20 min, S1: 20 min", "cadence: {S0: 25 min, S1: 20 min"))
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=file) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_audiences_of_equal_standing_due_together_in_one_channel_get_one_message(shared_floor: TestFloor) -> None:
    floor = shared_floor
    channel = floor.declares("S0 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    count_before = len(updates(floor, "executives"))

    floor.passes(minutes=30)

    shared_update, outsider_update = sorted(
        updates(floor, "executives")[count_before:], key=lambda text: "What to tell" in text
    )
    assert "*What we are doing:*" in shared_update
    assert " · Telephony or IVR\n" in shared_update
    assert shared_update.count("*Impact:* Half the calls are lost") == 1, "text common to both is sent once"
    assert "*Next update <!date^" in shared_update.splitlines()[-1]
    assert "What to tell customers" in outsider_update, "outsiders get a message of their own"
    assert "IVR down" not in outsider_update

    floor.says("ana", "/incident pause the carrier works until six", channel)
    shared_update = next(
        text for text in updates(floor, "executives")[count_before:] if "*What we are doing:*" in text
    )
    assert shared_update.count("Updates are paused: the carrier works until six") == 2, "it is edited in place"


def test_a_person_gets_at_most_one_deferrable_direct_message_a_minute(floor: TestFloor) -> None:
    floor.says("chloe", "/incident subscribe everything")
    chat_channel, ivr_channel, roster_channel = (
        floor.declares(f"S1 {title}") for title in ("Chat is slow", "IVR down", "Rosters are missing")
    )
    floor.says("ana", "/incident update Agents restart", chat_channel)
    [first] = copies(floor, "chloe")
    assert "Agents restart" in first

    floor.says("ana", "/incident update The carrier is called", ivr_channel)
    floor.says("ana", "/incident update Rosters come by mail", roster_channel)
    floor.says("ana", "/incident update The carrier answers", ivr_channel)
    assert len(copies(floor, "chloe")) == 1
    floor.passes(minutes=1)

    [_, second] = copies(floor, "chloe")
    assert "The carrier answers" in second
    assert "The carrier is called" not in second, "a newer message replaces it"
    assert "Rosters come by mail" in second

    floor.says("ana", "/incident private names of customers", ivr_channel)
    floor.passes(minutes=1)
    [first, second] = copies(floor, "chloe")
    assert "The carrier answers" not in second, "text that is private now is removed from the message"
    assert "Rosters come by mail" in second
    floor.says("ana", "/incident private names of customers", roster_channel)
    floor.passes(minutes=1)
    assert copies(floor, "chloe") == [first]


def test_an_update_in_flight_when_its_incident_becomes_private_is_deleted_on_arrival(floor: TestFloor) -> None:
    channel = floor.declares("S2 IVR down")
    floor.sandbox.fault("chat.postMessage", "lost_answer", count=4)
    floor.says("ana", "/incident update The secret of Sagebrush", channel)
    assert "The secret of Sagebrush" in floor.visible_text("executives"), (
        "it has arrived, and the bot does not know"
    )

    floor.says("ana", "/incident private personal data", channel)
    floor.passes_until(
        lambda: "The secret" not in floor.visible_text("executives") + floor.visible_text("engineering")
    )
    floor.passes(minutes=2)

    assert "The secret" not in "".join(
        floor.visible_text(place) for place in ("incidents", "executives", "engineering")
    )
