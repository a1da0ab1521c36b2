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
    """The updates sent to an audience, in order."""
    return [row for row in rows(floor, "promises") if row["audience"] == audience and row["state"] == SENT]


def an_hour_without_slack(floor: TestFloor) -> None:
    """Let an hour pass while Slack is away."""
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


def test_an_hour_without_slack_ends_with_one_update_per_audience_that_says_so(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    an_hour_without_slack(floor)
    floor.passes_until(lambda: len(updates(floor, "executives")) == 2)
    places = (channel, *PLACES.values())
    floor.passes_until(lambda: all(updates(floor, place) for place in places))

    for place in places:
        *first, update_text = updates(floor, place)
        assert len(first) == (place == "executives"), "they were told at once, before Slack was away"
        assert re.search("before this one w(as|ere) missed", update_text) or place == "executives", update_text

    def late() -> list[str]:
        return [
            words.visible_text
            for words in floor.ana.direct_messages()
            if "did not go out in time" in words.visible_text
        ]

    # The declarer is told because nobody leads; a person gets one deferrable message a minute.
    floor.passes_until(late)
    assert re.search("Slack (has not taken|was slow to take) it", "".join(late()))


def test_missed_updates_are_mentioned_even_after_an_update_sent_by_a_step(tmp_path: Path) -> None:
    with TestFloor(tmp_path) as floor:
        driver = PlaybookDriver(floor, floor.declares("S1 phones are dead in Manila"))
        driver.answers("ben", "Send the first update", {})
        assert len(updates(floor, driver.channel)) == 1
        an_hour_without_slack(floor)
        floor.passes_until(lambda: len(updates(floor, driver.channel)) == 2)
        floor.settle()  # its arrival is noted after it is seen

        [*_, last] = sent(floor, "operations")
        assert last["missed"] == 2, "the 30th minute's and its own"
        assert "One update before this one was missed" in updates(floor, driver.channel)[-1]
        floor.nothing_was_malformed()


def test_a_storm_of_refusals_delays_updates_but_loses_and_duplicates_none(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.sandbox.fault("chat.postMessage", "rate_limited", count=12, detail={"retry_after": 1})

    floor.passes(minutes=60)
    places = (channel, "incidents", "executives", "engineering", "front-line")
    floor.passes_until(lambda: all(updates(floor, place) for place in places))
    floor.passes_until(lambda: "no change since" in updates(floor, "executives")[-1])

    for place in places:
        assert len(updates(floor, place)) == 1
