"""Stakeholders are told on the promised minute, by the clock, by hand and when something changes."""

from datetime import timedelta

import pytest

from bot.runtime.clock import utcnow
from bot.updates.tables import SENDING, Promise, waiting
from tests.floor import TestFloor
from tests.stories.record import rows, timeline
from tests.stories.seen_updates import updates


@pytest.mark.both_ways
def test_the_update_goes_out_on_the_promised_minute_and_promises_the_next(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=29)
    assert updates(floor, channel) == []

    floor.passes(minutes=1)

    [update_text] = updates(floor, channel)
    assert "*S1 · IVR down* – investigating" in update_text
    assert "*Next update <!date^" in update_text
    assert updates(floor, "incidents") == [update_text]
    (digest,) = [message for message in floor.ana.sees("incidents") if "*IVR down*" in message.visible_text]
    (reply,) = [message for message in floor.ana.sees("incidents") if message.visible_text == update_text]
    assert reply.thread_ts == digest.ts, "the channel of all incidents gets it below the incident's line"
    assert len(updates(floor, "executives")) == 1, "executives hear of an S1 at once, then every hour"


def test_executives_are_told_at_once_of_an_incident_that_is_or_becomes_severe(floor: TestFloor) -> None:
    floor.declares("S0 IVR down in Manila")
    (update_text,) = updates(floor, "executives")
    assert len(update_text.splitlines()) <= 8
    assert "*Impact:* not confirmed yet" in update_text
    assert "*Needed from you:* nothing" in update_text
    floor.says("ana", "/incident severity S1 half the lines are back", "inc-1-ivr-down-in-manila")
    (update_text,) = updates(floor, "executives")
    assert "Now S1. Changed: next update <!date^" in update_text, "the promised minute follows the severity at once"
    floor.says("ana", "/incident severity S0 they are gone again", "inc-1-ivr-down-in-manila")
    update_text = updates(floor, "executives")[-1]
    assert "\n*Changed:* severity S1 to S0: they are gone again\n" in update_text, (
        "the line below named another time"
    )
    floor.says("ana", "/incident severity S1", "inc-1-ivr-down-in-manila")
    floor.says("ana", "/incident resolve", "inc-1-ivr-down-in-manila")
    floor.ana.fills("reason", "the trunk is back")
    assert floor.ana.submits().closed
    floor.settle()
    [last] = [text for text in updates(floor, "inc-1-ivr-down-in-manila") if "resolved after" in text]
    assert "*Changed:* severity S0 to S1 (Ana Reyes) · resolved: the trunk is back (Ana Reyes)" in last

    channel = floor.declares("S2 Chat is slow")
    told_before = len(updates(floor, "executives"))
    floor.passes(seconds=1)
    assert len(updates(floor, "executives")) == told_before, "they hear of an S2 when something changes"
    floor.says("ana", "/incident severity S1 three sites", channel)

    assert "S1 · Chat is slow" in updates(floor, "executives")[-1]
    floor.passes(minutes=59)
    floor.passes(minutes=1)
    # The other incident's update is due within the same minute.
    assert any("S1 · Chat is slow" in text for text in updates(floor, "executives")[-2:])


def test_executives_left_out_by_a_lower_severity_are_told_so_and_get_the_last_update(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    assert "*Next update <!date^" in updates(floor, "executives")[-1]

    floor.says("ana", "/incident severity S3 one line only", channel)
    floor.says("ana", "/incident severity S4 nobody calls there", channel)
    floor.passes(hours=3)

    _, update_text = updates(floor, "executives")
    assert "S3 · IVR down" in update_text
    assert "The next update comes when it is resolved." in update_text
    floor.says("ana", "/incident resolve the trunk is back", channel)
    assert len(updates(floor, "executives")) == 3
    assert "This is the last update." in updates(floor, "executives")[-1]


def test_several_missed_updates_collapse_into_one_that_says_so(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.stop_bot()
    floor.passes(hours=1, minutes=45)

    floor.start_bot()
    floor.tick()

    [update_text] = updates(floor, channel)
    assert "2 updates before this one were missed. Sorry" in update_text, "the third is this one"
    floor.says("ana", "/incident updates", channel)
    assert ", 2 missed before it" in floor.ephemeral("ana", channel)[-1]
    floor.passes(minutes=15)
    [update_text] = updates(floor, channel)
    assert "no change since" in update_text, "the promised rhythm goes on"
    floor.says("ana", "/incident impact half the calls are lost", channel)
    floor.stop_bot()
    floor.passes(minutes=33)
    floor.start_bot()
    floor.tick()
    update_text = updates(floor, channel)[-1]
    assert "This update is late. Sorry" in update_text, "none before it was missed"
    floor.says("ana", "/incident cadence 45 min", channel)
    assert "\n_This update is late. Sorry" in updates(floor, channel)[-1], "the line begins with it now"


def test_an_audience_that_is_told_less_often_after_two_hours_missed_only_what_it_was_promised(
    floor: TestFloor,
) -> None:
    floor.declares("S0 IVR down")
    for _ in range(25):
        floor.passes(minutes=5)
    floor.stop_bot()
    floor.passes(minutes=50)

    floor.start_bot()
    floor.tick()

    update_text = updates(floor, "partners")[-1]
    assert "This update is late. Sorry" in update_text, "from the second hour on, one comes every 60 minutes"


def test_an_update_says_what_has_changed_since_the_last_one_and_only_that(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident status identified a trunk", channel)
    floor.passes(minutes=30)
    floor.says("ana", "/incident status mitigated rerouted", channel)
    floor.passes(minutes=30)
    floor.passes(minutes=30)

    first, second = updates(floor, channel)
    assert "*Changed:* now identified: a trunk (Ana Reyes)" in first
    assert "*Changed:* now mitigated: rerouted (Ana Reyes)" in second
    assert "identified" not in second
    assert "no change since <!date^" in second, "no change is a line in the last message"


def test_no_change_is_a_line_in_the_last_message_until_two_hours_have_passed(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.passes(minutes=15)
    (first,) = updates(floor, channel)
    for _ in range(3):
        floor.passes(minutes=15)
    (update_text,) = updates(floor, channel)
    assert "*Impact:* Half the calls are lost" in update_text
    assert update_text.count("no change since") == update_text.count("Next update") == 1, (
        "it says so once, with the newest time"
    )
    assert update_text != first

    floor.says("ana", "/incident cadence operations 20 min", channel)
    (update_text,) = updates(floor, channel)
    assert update_text.count("ext update") == 1, "only the current time is shown"
    for _ in range(3):
        floor.passes(minutes=20)
    assert len(updates(floor, channel)) == 1
    floor.passes(minutes=20)
    assert len(updates(floor, channel)) == 2, "nobody is left in silence for longer"
    floor.passes(minutes=20)
    assert len(updates(floor, channel)) == 2
    assert updates(floor, channel)[-1].count("no change since") == 1

    (message,) = [
        candidate for candidate in floor.ana.sees(channel) if "no change since" in candidate.visible_text
    ][-1:]
    floor.sandbox.workspace.channel(channel).messages.pop(message.ts)
    floor.passes(minutes=20)
    assert len(updates(floor, channel)) == 2, "a message that cannot be edited any more is sent anew"
    states = [row["state"] for row in rows(floor, "promises") if row["audience"] == "operations"]
    assert states == ["sent"] * 10 + ["waiting"]


def test_executives_get_no_new_message_about_what_their_update_does_not_show(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.passes(minutes=30)
    executive_texts = updates(floor, "executives")

    floor.says("ana", "/incident claim scribe", channel)
    floor.passes(minutes=30)
    told_texts = updates(floor, "executives")
    assert len(told_texts) == len(executive_texts), "who keeps the record is nothing that executives read"
    assert "no change since" in told_texts[-1]

    floor.says("ana", "/incident impact All calls are lost", channel)
    floor.passes(minutes=30)
    assert "All calls are lost" in updates(floor, "executives")[-1]
    assert len(updates(floor, "executives")) > len(told_texts)


def test_the_first_draft_waits_two_minutes_for_a_lead_and_then_appears_in_the_channel(floor: TestFloor) -> None:
    led_channel, unled_channel = floor.declares("S0 IVR down"), floor.declares("S0 CRM down")
    floor.passes(minutes=1)
    assert "📣" not in floor.visible_text(led_channel, "ana") + floor.visible_text(unled_channel, "ana")
    floor.ben.joins(led_channel)
    floor.says("ben", "/incident claim comms", led_channel)
    floor.passes(minutes=1)
    floor.passes(minutes=1)

    assert "📣" not in floor.visible_text(led_channel, "ana")
    assert [
        message.visible_text.count("📣") for message in floor.ben.direct_messages() if "📣" in message.visible_text
    ] == [1]
    assert "📣" in floor.visible_text(unled_channel, "ana"), "nobody leads: everybody in the channel can decide"


def test_an_update_counts_as_sent_once_posted_in_each_channel_even_if_an_edit_is_pending(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=29)
    floor.sandbox.fault("chat.postMessage", "rate_limited", after=1, retry_after=50)
    floor.passes(minutes=1)
    assert len(updates(floor, channel) + updates(floor, "incidents")) == 1, "the other must wait"

    # Its last line names the next update, which has changed; the edit must wait for longer.
    floor.sandbox.fault("chat.update", "rate_limited", retry_after=110)
    floor.says("ana", "/incident cadence 20 min", channel)
    floor.passes(minutes=1)
    floor.passes(minutes=1)

    assert updates(floor, channel) == updates(floor, "incidents")
    states = {row["number"]: row["state"] for row in rows(floor, "promises") if row["audience"] == "operations"}
    assert states == {1: "sent", 2: "waiting"}
    assert sum("Operations" in entry["facts"] for entry in timeline(floor, "update_sent")) == 1


def test_an_update_left_in_flight_by_an_earlier_version_is_concluded_at_the_next_start(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=30)
    sent = next(row for row in rows(floor, "promises") if row["audience"] == "operations")
    written_down = len(timeline(floor, "update_sent"))
    with floor.services.database.transaction() as session:
        promise = session.get(Promise, sent["id"])
        promise.state, promise.sent_at, promise.escalate_at = SENDING, None, promise.due_at + timedelta(minutes=10)

    floor.stop_bot()
    floor.passes(hours=2)
    floor.start_bot()
    floor.tick()

    concluded = next(row for row in rows(floor, "promises") if row["id"] == sent["id"])
    assert (concluded["state"], concluded["escalate_at"]) == ("sent", None)
    assert concluded["sent_at"][:16] == sent["sent_at"][:16], "the time of sending is unchanged"
    assert len(timeline(floor, "update_sent")) > written_down
    assert updates(floor, channel)[0] == updates(floor, "incidents")[0], "nothing is sent a second time"


def test_a_more_severe_incident_gets_more_frequent_updates(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=10)
    floor.says("ana", "/incident severity S0 all lines", channel)

    floor.passes(minutes=4)
    assert updates(floor, channel) == []
    floor.passes(minutes=2)

    assert "*S0 · IVR down*" in updates(floor, channel)[0]


def test_an_audience_told_of_changes_is_told_of_each_once(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    floor.says("ana", "/incident brief", channel)
    assert floor.ana.submits().closed, "the cause is not known yet"
    floor.says("ana", "/incident status identified a bad release", channel)
    floor.says("ana", "/incident status identified", channel)
    floor.passes(minutes=30)

    [update_text] = updates(floor, "executives")
    assert "*Cause:* not described yet" in update_text
    assert "The next update comes when something changes." in update_text
    assert updates(floor, channel) == []


def test_an_update_sent_by_hand_goes_to_everyone_and_the_next_is_promised_from_then(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.passes(minutes=20)

    answer = floor.says("ana", "/incident update Calls go to Cebu & work", channel)

    assert "on its way" in answer
    for place in (channel, "incidents", "executives"):
        assert "Calls go to Cebu &amp; work" in updates(floor, place)[-1]
    floor.passes(minutes=29)
    assert "no change since" not in updates(floor, channel)[0]
    floor.passes(minutes=1)
    assert "no change since" in updates(floor, channel)[0]


def test_nothing_is_said_after_the_close(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    update_count = len(updates(floor, channel))

    floor.passes(hours=5)

    assert len(updates(floor, channel)) == update_count == 1


def test_an_audience_to_be_told_at_the_close_is_told_then(floor: TestFloor) -> None:
    channel = floor.declares("S4 Test of the sirens")
    assert "so nothing was sent" in floor.says("ana", "/incident update anyone", channel)
    floor.passes(hours=5)
    floor.says("ana", "/incident resolve over", channel)
    assert updates(floor, channel) == []

    floor.says("ana", "/incident close", channel)

    assert "This is the last update." in updates(floor, channel)[0]


def test_the_impact_is_told_once_in_an_update(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.passes(minutes=30)

    assert updates(floor, channel)[0].count("Half the calls are lost") == 1


def test_each_promise_is_recorded_with_its_minute(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")
    floor.passes(minutes=30)

    promise_rows = [row for row in rows(floor, "promises") if row["audience"] == "operations"]
    assert [row["state"] for row in promise_rows] == ["sent", "waiting"]
    assert sum("Operations" in row["facts"] for row in timeline(floor, "update_sent")) == 1


def test_an_update_command_delivered_twice_sends_one_update(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.sandbox.deliver_twice("slash_commands", 1)

    floor.says("ana", "/incident update The carrier is on it", channel=channel)

    assert floor.visible_text("executives", "erik").count("The carrier is on it") == 1


def test_an_update_that_waited_while_a_series_was_promised_adds_no_second_one(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    now = utcnow()
    late_promise = Promise(
        incident_id=1, audience="operations", promised_at=now, due_at=now, cadence_s=1800, number=2
    )
    with floor.services.database.transaction() as session:
        (waiting_promise,) = waiting(session, 1, "operations")
        session.add(late_promise)
    floor.tick()

    assert len(updates(floor, channel)) == 1
    with floor.services.database.reading() as session:
        assert [promise.row for promise in waiting(session, 1, "operations")] == [waiting_promise.row]


def test_a_message_that_was_marked_before_the_bot_stopped_is_not_told_again_afterwards(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    message = floor.ana.says("trunk 4 shows errors", channel=channel)
    floor.ana.reacts("pushpin", channel=channel, ts=message.ts)
    floor.settle()
    floor.passes(minutes=30)
    assert "trunk 4 shows errors" in updates(floor, channel)[-1]

    floor.stop_bot()
    floor.passes(minutes=20)
    floor.ana.says("we wait for the carrier", channel=channel)
    floor.passes(minutes=20)
    floor.start_bot()
    floor.tick()
    floor.passes(minutes=30)

    assert len(updates(floor, channel)) > 1
    assert "trunk 4" not in "".join(updates(floor, channel)[1:])
