"""Changes of severity, status and impact by command and by button; the panel and the list."""

import pytest

from bot.incidents import ids
from bot.incidents.change import Change
from bot.incidents.events import SeverityChanged
from bot.incidents.registry import Registry
from bot.incidents.rules import ImpactMissing
from slack_sandbox.message_text import visible_text
from tests.floor import TestFloor
from tests.stories.record import rows, timeline, untouched


@pytest.mark.both_ways
def test_a_change_of_severity_shows_on_the_card_the_topic_and_the_digest(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")

    answer = floor.says("ana", "/incident severity S1 three sites now", channel)

    assert answer.startswith(
        "Severity changed from S2 to S1. Executives will hear of it now; Front line at <!date^"
    )
    assert "🟠 S1 · Chat is slow" in floor.card(channel)
    assert "*S1* · *Chat is slow*" in floor.visible_text("incidents")
    assert floor.sandbox.workspace.channel(channel).topic["value"] == "S1 · Chat is slow"
    assert timeline(floor, "severity")[0]["facts"].count("three sites now") == 1
    assert answer.endswith(" Invited: @incident-analysts.")
    members = floor.sandbox.workspace.channel(channel).members
    assert "U0DEVI" in members, "a raised severity invites its responders, as a declaration does"
    assert "U0CHLOE" not in members

    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident severity S2 one site", channel)
    assert "the severity" not in floor.visible_text(channel)
    floor.ben.joins(channel)
    answer = floor.says("ben", "/incident severity S0 all of it", channel)
    assert answer.endswith(" Invited: @incident-analysts, @telephony-oncall.")
    assert "U0CHLOE" in members
    assert "<@U0ANA>, <@U0BEN> raised the severity from S2 to S0: all of it" in floor.live_markup(channel)
    floor.says("ben", "/incident severity S3", channel)
    assert "<@U0ANA>, <@U0BEN> lowered the severity from S0 to S3." in floor.visible_text(channel)
    answer = floor.says("ben", "/incident status mitigated", channel)
    assert answer.startswith("Status changed from investigating to mitigated. ")
    assert " hear of it " in answer


def test_the_same_severity_again_changes_nothing(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")

    with untouched(floor):
        assert floor.says("ana", "/incident severity S2", channel) == "It is S2 already; nothing was changed."


def test_a_form_asks_for_what_a_command_leaves_out(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")

    floor.says("ana", "/incident severity", channel)
    floor.ana.fills("Severity", "S0")
    assert floor.ana.submits().errors == {"reason": "Please complete this required field."}
    floor.ana.fills("Why?", "All of chat is gone")
    assert floor.ana.submits().closed
    floor.says("ana", "/incident status", channel)
    floor.ana.fills("Status", "identified")
    assert floor.ana.submits().closed
    floor.says("ana", "/incident impact", channel)
    floor.ana.fills("Who is affected, and how?", "Every chat customer")
    assert floor.ana.submits().closed
    floor.settle()

    card = floor.card(channel)
    assert "S0 · Chat is slow" in card
    assert "🎯 identified" in card
    assert "*Impact* Every chat customer" in card


def test_the_panel_changes_everything_by_button(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("devi", "/incident", channel)
    panel = floor.ephemeral("devi", channel)[-1]
    assert "*Incident #1*" in panel
    assert "Next update" in panel
    assert "`/incident page @ana reason`, `partners`" in panel, "what has no button is named"
    floor.devi.clicks(ids.ADD_FOLLOW_UP, channel=channel)
    assert floor.devi.modal["title"]["text"] == "Add a follow-up"
    floor.devi.closes()

    floor.devi.clicks(ids.CHANGE_STATUS, channel=channel)
    floor.devi.fills("Status", "mitigated")
    floor.devi.fills("Why?", "Calls go to Cebu")
    assert floor.devi.submits().closed
    floor.settle()

    assert "🩹 mitigated" in floor.card(channel)
    answer = floor.devi.direct_messages()[-1].visible_text
    assert answer.startswith("Incident 1: Status changed from investigating to mitigated.")
    assert "hear of it" in answer
    assert rows(floor, "incidents")[0]["mitigated_at"] is not None


def test_a_form_submitted_twice_changes_once(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    floor.says("ana", "/incident severity", channel)
    floor.ana.fills("Severity", "S1")
    floor.ana.fills("Why?", "more sites")
    floor.sandbox.deliver_twice("interactive")

    # Both are in flight at the same time: either may be first, and the other is told that it is S1 already.
    first = floor.ana.submits()
    assert first.closed or "It is S1 already" in first.errors["severity"]
    floor.settle()

    assert len(timeline(floor, "severity")) == 1


def test_the_list_shows_open_incidents_most_severe_first(floor: TestFloor) -> None:
    floor.declares("S3 Headsets hum")
    floor.declares("S0 Every line is dead")

    floor.says("hana", "/incident list")

    incident_list = floor.ephemeral("hana")[-1]
    assert incident_list.index("Every line is dead") < incident_list.index("Headsets hum")


def test_an_empty_list_says_how_to_declare(floor: TestFloor) -> None:
    floor.says("hana", "/incident list")

    assert "Nothing is open. `/incident declare` opens an incident." in floor.ephemeral("hana")[-1]


def test_a_person_joining_from_the_digest_is_let_in_and_told(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")

    floor.hana.clicks(ids.JOIN, channel="incidents")
    floor.settle()

    assert "U0HANA" in floor.sandbox.workspace.channel(channel).members
    assert any("You are in <#" in words for words in floor.ephemeral("hana", "incidents"))


def test_an_incident_of_several_days_shows_dates(floor: TestFloor) -> None:
    channel = floor.declares("S3 Headsets hum")
    floor.passes(days=3, hours=4)
    floor.says("ana", "/incident status identified a bad batch", channel)
    floor.says("ana", "/incident resolve replaced", channel)
    assert "_no commander yet_" not in floor.visible_text("incidents"), "nobody is wanted any more"

    card = floor.card(channel)

    assert "3 d 4 h, resolved" in card
    assert "{date_short_pretty}" in card


def test_a_resolved_incident_set_back_to_monitoring_is_open_and_nowhere_called_resolved(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident resolve replaced", channel)
    assert "next update" not in floor.card(channel)

    floor.says("ana", "/incident status monitoring it flickers", channel)

    card = floor.card(channel)
    assert "👀 monitoring" in card
    assert "resolved" not in card
    assert "next update" in card
    floor.passes(minutes=40)
    floor.says("ana", "/incident resolve replaced again", channel)
    assert "40 min, resolved" in floor.card(channel), "the second end counts"


def test_a_change_that_one_noun_refuses_is_not_made_at_all(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")

    def refuse(change: Change, event: SeverityChanged) -> None:
        raise ImpactMissing()

    floor.services.get(Registry).on(SeverityChanged, refuse)

    with untouched(floor):
        answer = floor.says("ana", "/incident severity S1 three sites now", channel)

    assert answer == ImpactMissing().sentence
    assert "S2 · Chat is slow" in floor.card(channel)


def test_the_topic_is_not_set_again_for_changes_it_does_not_show(floor: TestFloor) -> None:
    channel = floor.declares("S2 Chat is slow")
    floor.sandbox.clear_calls()

    floor.says("ana", "/incident status identified", channel)
    floor.says("ana", "/incident impact few", channel)

    assert floor.sandbox.calls_of("conversations.setTopic") == []


def test_a_guests_home_tab_shows_no_incident(floor: TestFloor) -> None:
    floor.declares("S1 IVR down")

    floor.gus.opens_home()
    floor.settle()

    guests_home = visible_text("", floor.gus.home["blocks"])
    assert "IVR down" not in guests_home
    assert "type `/incident subscribe` in its channel" in guests_home, "it says what a guest can do"
