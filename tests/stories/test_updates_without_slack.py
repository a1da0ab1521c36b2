"""Updates through a whole day, through an hour without Slack, and through a storm of refusals."""

import re
from pathlib import Path

from bot.runtime.waiting import wait_until
from bot.updates.tables import SENT
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows
from tests.stories.seen_updates import update_messages, updates
from tests.stories.test_trouble import is_up_to_date

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "updates.yaml"
PLACES = {"operations": "incidents", "executives": "executives", "customers": "front-line"}


def sent(floor: TestFloor, audience: str) -> list[dict[str, object]]:
    """The updates to an audience that were sent, in order."""
    return [row for row in rows(floor, "promises") if row["audience"] == audience and row["state"] == SENT]


def an_hour_without_slack(floor: TestFloor) -> None:
    """Slack is away while an hour passes."""
    floor.sandbox.offline = True
    for _ in range(6):
        floor.sandbox.clock_offset_s += 620
        floor.begin_tick()
        assert wait_until(lambda: is_up_to_date(floor), PATIENCE_S)
    floor.sandbox.offline = False


def test_a_whole_day_of_an_incident_keeps_every_promise_on_its_minute(tmp_path: Path) -> None:
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        channel = floor.declares("S1 IVR down")
        floor.says("ana", "/incident claim communications_lead", channel)
        floor.says("ana", "/incident cadence operations 2 h", channel)
        for _ in range(24):
            floor.passes(hours=1)

        assert len(sent(floor, "operations")) == len(updates(floor, channel)) == 12, "every two hours"
        assert len(sent(floor, "executives")) == len(updates(floor, "executives")) == 8, "every three hours"
        assert not [row for row in rows(floor, "promises") if row["late_because"]]
        assert "(100 %)" in floor.says("ana", "/incident updates", channel)
        keys = [message.metadata["event_payload"]["key"] for message in update_messages(floor, channel)]
        assert len(keys) == len(set(keys))
        floor.nothing_was_malformed()


def test_an_hour_without_slack_ends_in_one_update_for_each_audience_that_says_so(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    an_hour_without_slack(floor)
    floor.passes_until(lambda: len(updates(floor, "executives")) == 2)
    places = (channel, *PLACES.values())
    floor.passes_until(lambda: all(updates(floor, place) for place in places))

    for place in places:
        *first, told = updates(floor, place)
        assert len(first) == (place == "executives"), "they heard at once, before Slack was away"
        assert "missed" in told or place == "executives", told

    def late() -> list[str]:
        return [words.words for words in floor.ana.direct_messages() if "did not go out in time" in words.words]

    # The declarer is told, for nobody leads; of messages that can wait a person gets one a minute.
    floor.passes_until(late)
    assert re.search("Slack (has not taken|was slow to take) it", "".join(late()))


def test_what_was_missed_is_said_also_after_an_update_that_a_step_sent(tmp_path: Path) -> None:
    with TestFloor(tmp_path) as floor:
        driver = PlaybookDriver(floor, floor.declares("S1 phones are dead in Manila"))
        driver.answers("ben", "Send the first update", {})
        assert len(updates(floor, driver.channel)) == 1
        an_hour_without_slack(floor)
        floor.passes_until(lambda: len(updates(floor, driver.channel)) == 2)

        [*_, last] = sent(floor, "operations")
        assert last["missed"] == 2, "that of the 30th minute, and its own"
        assert "2 updates before this one were missed" in updates(floor, driver.channel)[-1]
        floor.nothing_was_malformed()


def test_a_storm_of_refusals_delays_updates_and_loses_or_doubles_none(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.sandbox.fault("chat.postMessage", "rate_limited", count=12, detail={"retry_after": 1})

    floor.passes(minutes=60)
    places = (channel, "incidents", "executives", "engineering", "front-line")
    floor.passes_until(lambda: all(updates(floor, place) for place in places))
    floor.passes_until(lambda: "no change since" in updates(floor, "executives")[-1])

    for place in places:
        assert len(updates(floor, place)) == 1
