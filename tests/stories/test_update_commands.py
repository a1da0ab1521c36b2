"""`/incident update`, `updates`, `cadence`, `pause` and `resume`, as people type them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.alarms import audit
from bot.runtime.clock import utcnow
from bot.updates import ids
from bot.web import health
from tests.floor import TestFloor
from tests.stories.record import timeline
from tests.stories.seen_updates import led_incident, promises, update_messages, updates

PLAYBOOKS = Path(__file__).parent / "playbooks"
FLOOR = Path(__file__).parent / "floors" / "updates.yaml"
HOSTILE = "<!channel> <@U0BEN> *_~`&amp; <https://evil.example|click>"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor of three audiences, one of which waits for approval."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=FLOOR) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_the_composer_makes_changes_sends_updates_and_names_the_next_update_once(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.says("ana", "/incident update", channel)
    assert "Half the calls are lost" not in str(floor.ana.modal), "each audience's own update says it"

    floor.ana.fills(ids.TEXT, f"Calls go to Cebu {HOSTILE}")
    floor.ana.fills(ids.SEVERITY, "🔴 S0")
    floor.ana.fills(ids.STATUS, "identified")
    floor.ana.fills(ids.REASON, f"Manila is lost {HOSTILE}")
    floor.ana.fills(ids.NEXT, "In 1 h")
    floor.sandbox.deliver_twice("interactive", 1)
    assert floor.ana.submits().closed
    floor.settle()

    (update_text,) = updates(floor, channel)
    assert "S0 · IVR down" in update_text
    assert "identified" in update_text
    assert "Calls go to Cebu" in update_text
    assert len(updates(floor, "executives")) == 1
    for place in (channel, "executives"):
        assert "<!channel>" not in floor.live_markup(place)
        assert "<https://evil.example|click>" not in floor.live_markup(place)
    floor.passes(minutes=59)
    assert updates(floor, channel) == [update_text], "the next one was named"
    floor.passes(minutes=1)
    (update_text,) = updates(floor, channel)
    assert "no change since" in update_text
    assert [entry["kind"] for entry in timeline(floor, "severity")] == ["severity"]
    assert facts(floor, "severity") == {"old": "S1", "new": "S0", "reason": f"Manila is lost {HOSTILE}"}
    assert facts(floor, "status")["reason"] == f"Manila is lost {HOSTILE}"


def facts(floor: TestFloor, kind: str) -> dict[str, str]:
    """The facts of the only timeline entry of that kind."""
    (entry,) = timeline(floor, kind)
    details: dict[str, str] = json.loads(entry["facts"])
    return details


def test_the_composer_asks_why_the_severity_changes_and_changes_nothing_until_it_knows(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.says("ana", "/incident update", channel)
    floor.ana.fills(ids.TEXT, "Calls go to Cebu")
    floor.ana.fills(ids.SEVERITY, "🔴 S0")
    floor.ana.fills(ids.STATUS, "identified")

    refusal = floor.ana.submits()

    assert list(refusal.errors) == [ids.REASON]
    assert refusal.errors[ids.REASON].startswith("Please say why the severity goes from S1 to S0")
    floor.settle()
    assert updates(floor, channel) == []
    assert timeline(floor, "severity") == timeline(floor, "status") == []
    floor.ana.fills(ids.REASON, "Manila is lost too")
    assert floor.ana.submits().closed
    floor.settle()
    assert len(updates(floor, channel)) == 1
    assert facts(floor, "severity")["reason"] == facts(floor, "status")["reason"] == "Manila is lost too"

    told_before = len(updates(floor, "front-line"))
    answer = floor.says("ana", "/incident update Executives: please approve overtime in Cebu", channel)
    assert answer == "The update is on its way to Executives."
    assert "\nplease approve overtime in Cebu\n" in updates(floor, "executives")[-1]
    assert len(updates(floor, channel)) == 1
    assert len(updates(floor, "front-line")) == told_before, "words for one audience are sent to no other"
    answer = floor.says("ana", "/incident update front line:", channel)
    assert answer == "Please write what Front line should read after the colon."


def test_the_composer_needs_no_reason_for_a_status_as_the_command_needs_none(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.says("ana", "/incident update", channel)
    floor.ana.fills(ids.TEXT, "A trunk is broken")
    floor.ana.fills(ids.STATUS, "identified")

    assert floor.ana.submits().closed
    floor.settle()

    assert facts(floor, "status") == {"old": "investigating", "new": "identified", "reason": ""}


def test_an_update_about_a_resolved_incident_does_not_reopen_it(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.says("ana", "/incident resolve the trunk is back", channel)
    floor.says("ana", "/incident update", channel)
    floor.ana.fills(ids.AUDIENCES, ["Operations"])
    floor.ana.fills(ids.TEXT, "Credits follow tomorrow")

    assert floor.ana.submits().closed
    floor.settle()

    assert "Credits follow tomorrow" in updates(floor, channel)[-1]
    assert timeline(floor, "status") == []
    assert "resolved" in floor.card(channel)


def test_the_composer_tells_only_the_chosen_audiences(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.says("ana", "/incident update", channel)
    floor.ana.fills(ids.AUDIENCES, ["Executives"])
    floor.ana.fills(ids.TEXT, "We call the regulator")
    floor.ana.submits()
    floor.settle()

    assert updates(floor, channel) == []
    assert "We call the regulator" in updates(floor, "executives")[0]
    assert promises(floor, "operations")[0]["state"] == "waiting", "existing promises stay"
    assert "Kept on time: none was due yet" in floor.says("ana", "/incident updates", channel)
    assert "• *Executives* sent <!date" in floor.ephemeral("ana", channel)[-1], "its time is there once"


def test_a_text_that_begins_with_an_audience_but_no_colon_asks_who_reads_it(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.settle()
    counts = {place: len(updates(floor, place)) for place in ("executives", "front-line", "partners")}

    assert not floor.says("ana", "/incident update Executives please join the call", channel)

    assert {place: len(updates(floor, place)) for place in counts} == counts, "nobody is told before that"
    assert floor.ana.submits().closed
    floor.settle()
    assert "Executives please join the call" in updates(floor, "executives")[-1]
    assert counts | {"executives": counts["executives"] + 1} == {
        place: len(updates(floor, place)) for place in counts
    }


def test_a_changed_pace_is_kept_until_the_severity_changes(floor: TestFloor) -> None:
    channel = led_incident(floor)

    assert "is not a pace" in floor.says("ana", "/incident cadence operations soon", channel)
    assert "is not an audience" in floor.says("ana", "/incident cadence board 20 min", channel)
    assert "is not a pace" in floor.says("ana", "/incident cadence 1 min", channel)
    assert "Operations: updates come every 10 min" in floor.says(
        "ana", "/incident cadence operations 10 min", channel
    )
    floor.passes(minutes=10)
    floor.passes(minutes=10)
    assert [row["state"] for row in promises(floor, "operations")] == ["sent", "sent", "waiting"]
    assert "own pace" in floor.says("ana", "/incident cadence operations usual", channel)
    floor.says("ana", "/incident cadence operations every 20 min", channel)
    floor.says("ana", "/incident severity S0 worse", channel)
    assert promises(floor, "operations")[-1]["cadence_s"] == 15 * 60

    floor.says("ana", "/incident cadence", channel)
    floor.ana.fills(ids.AUDIENCE, "Executives")
    floor.ana.fills(ids.PACE, "Every 20 min")
    entry_count = len(timeline(floor, "update_pace"))
    floor.sandbox.deliver_twice("interactive")
    assert floor.ana.submits().closed
    floor.settle()
    assert len(timeline(floor, "update_pace")) == entry_count + 1, "once for a form that was sent twice"
    floor.passes(minutes=20)
    assert len(updates(floor, "executives")) == 1, "an audience not told by the clock is told now"


def test_a_pause_holds_everything_back_says_so_and_is_followed_by_a_prompt_update(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(minutes=30)

    for typed in ("30 min", "for half an hour", "until 14:30"):
        assert "does not end by itself" in floor.says("ana", f"/incident pause {typed}", channel)
    floor.says("ana", f"/incident pause the carrier works until six {HOSTILE}", channel)

    (update_text,) = updates(floor, channel)
    assert "Updates are paused: the carrier works until six" in update_text
    assert "<!channel>" not in floor.live_markup(channel)
    assert "Updates are paused; Ana Reyes said" in floor.says("ben", "/incident pause again", channel)
    answer = floor.says("ana", "/incident cadence executives 20 min", channel)
    assert answer == "Executives: updates come every 20 min from `/incident resume` on."
    assert "Operations, Executives: updates" in floor.says("ana", "/incident cadence 20 min", channel)
    assert "Front line: updates come" in floor.says("ana", "/incident cadence customers 20 min", channel)
    answer = floor.says("ana", "/incident impact Half the calls are lost", channel)
    assert answer.endswith("Updates are paused, so audiences will hear of it after `/incident resume`.")
    floor.passes(hours=3)
    assert len(updates(floor, channel)) == 1
    assert updates(floor, "executives") == []
    audit.audit_at(floor.services, utcnow())
    assert "no next update" not in health.alarms(floor.services.database).sentence, "a pause is not an omission"
    promise_list = floor.says("ana", "/incident updates", channel)
    assert "none was due yet" not in promise_list
    assert any(
        "Paused since" in words and "*Executives* every 20 min (set by Ana Reyes)" in words
        for words in floor.ephemeral("ana", channel)
    )

    assert "continue" in floor.says("ana", "/incident resume", channel)
    assert "paused" not in updates(floor, channel)[0]
    floor.passes(minutes=5)
    assert len(updates(floor, channel)) == 2
    assert promises(floor, "operations")[-2]["missed"] == 0, "nothing was promised meanwhile"
    assert len(updates(floor, "executives")) == 1
    assert promises(floor, "executives")[-1]["cadence_s"] == 20 * 60
    assert "not paused" in floor.says("ana", "/incident resume", channel)


def test_the_record_says_which_promises_were_kept_and_which_were_late_and_why(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(minutes=30)
    floor.stop_bot()
    floor.passes(hours=1, minutes=15)
    floor.start_bot()
    floor.tick()
    floor.tick()

    answer = floor.says("ana", "/incident updates", channel)

    assert "Kept on time: 1 of 3 (33 %)" in answer
    record_text = floor.ephemeral("ana", channel)[-1]
    assert "automatically, 45 min late: Watchfloor was not running at that minute" in record_text
    (message_text,) = [
        message.visible_text for message in floor.ben.direct_messages() if "did not go out" in message.visible_text
    ]
    assert "not running" in message_text
    assert len(timeline(floor, "update_late")) == 1
    assert "• *Executives* told on change" in record_text or "• *Executives* every" in record_text

    floor.says("ana", "/incident resolve the trunk is back", channel)
    floor.says("ana", "/incident close", channel)
    floor.says("ana", "/incident updates", channel)
    record_text = floor.ephemeral("ana", channel)[-1]
    assert "*Promised*\nNothing more: it is over." in record_text
    assert record_text.count("*Told*") == 1


def test_a_clock_that_is_set_back_neither_duplicates_nor_loses_an_update(floor: TestFloor) -> None:
    channel = led_incident(floor)
    floor.passes(hours=2)
    assert len(updates(floor, channel)) == 1

    floor.passes(hours=-2)
    assert len(updates(floor, channel)) == 1
    floor.passes(minutes=30)

    assert [row["state"] for row in promises(floor, "operations")].count("sent") == 2
    assert "no change since" in updates(floor, channel)[-1]
    assert len({message.ts for message in update_messages(floor, channel)}) == 1


def waiting_count(floor: TestFloor, audience: str) -> int:
    """The number of updates that wait for their time."""
    return sum(row["state"] == "waiting" for row in promises(floor, audience))


def becomes_night(floor: TestFloor) -> None:
    """Let the time pass until half past ten in the evening."""
    now = utcnow()
    evening = now.replace(hour=22, minute=30)
    floor.passes(seconds=((evening - now).total_seconds()) % 86_400)


def test_executives_are_told_of_a_grave_incident_at_any_hour(floor: TestFloor) -> None:
    becomes_night(floor)
    floor.declares("S1 IVR down")

    floor.passes(hours=3)
    assert len(updates(floor, "executives")) == 1
    floor.passes(hours=3)
    assert len(updates(floor, "executives")) == 2


def test_executives_are_told_in_the_morning_what_changed_at_night(floor: TestFloor) -> None:
    becomes_night(floor)
    channel = floor.declares("S2 Chat is slow")
    floor.says("ana", "/incident pause the vendor is asleep", channel)
    floor.says("ana", "/incident status identified a bad release", channel)
    floor.says("ana", "/incident status mitigated rolled back", channel)
    floor.says("ana", "/incident resume", channel)
    assert waiting_count(floor, "executives") == 1, "what changed during a pause is told after it"
    floor.says("ana", "/incident pause the vendor sleeps again", channel)
    assert waiting_count(floor, "executives") == 0
    floor.says("ana", "/incident resume", channel)
    assert waiting_count(floor, "executives") == 1, "and what waited before it"
    assert updates(floor, "executives") == []

    floor.passes(hours=8)
    assert updates(floor, "executives") == []
    floor.passes(minutes=31)

    (update_text,) = updates(floor, "executives")
    assert "mitigated" in update_text, "all of it once, as it is now"


def test_an_audience_removed_from_the_floor_file_delays_no_other(floor: TestFloor, tmp_path: Path) -> None:
    channel = led_incident(floor)
    floor.sandbox.fault("chat.postMessage", "server_error", count=2)
    floor.passes(hours=3)
    shorter = tmp_path / "shorter.yaml"
    head, _, rest = FLOOR.read_text().partition("  executives:\n")
    shorter.write_text(head + "  customers:\n" + rest.partition("  customers:\n")[2])

    floor.stop_bot()
    floor._settings["floor_file"] = shorter
    floor.start_bot()
    floor.passes(minutes=31)

    # The first update may have been sent before: it depends on which message Slack refused.
    assert "dropped" in {promise["state"] for promise in promises(floor, "executives")} <= {"sent", "dropped"}
    assert facts(floor, "audience_gone") == {"audience": "executives"}
    sent_count = [row["state"] for row in promises(floor, "operations")].count("sent")
    floor.passes(minutes=30)
    assert [row["state"] for row in promises(floor, "operations")].count("sent") == sent_count + 1
    assert len(timeline(floor, "audience_gone")) == 1
    assert "executives" not in floor.card(channel)
