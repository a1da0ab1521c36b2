"""The situation of an incident is kept in one form: impact, cause, what is being done, what is needed."""

from bot.incidents import ids
from bot.incidents.situation import SituationField
from tests.floor import TestFloor
from tests.stories.record import rows
from tests.stories.seen_updates import updates


def test_the_situation_is_recorded_in_one_form_and_shows_on_the_card(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    assert "Impact not recorded yet: press Update situation" in floor.card(channel)

    floor.ana.clicks(ids.SITUATION, channel=channel)
    floor.ana.fills(ids.CERTAINTY, "Suspected")
    assert floor.ana.submits().errors == {
        SituationField.CAUSE: "Describe the cause in a few words, or choose “Not known yet”."
    }
    floor.ana.fills(SituationField.IMPACT, "Half of 120 calls an hour are lost")
    floor.ana.fills(SituationField.CAUSE, "a carrier's trunk & <!channel>")
    floor.ana.fills(SituationField.ACTIONS, "The carrier moves calls to Cebu")
    assert floor.ana.submits().closed
    floor.settle()

    card = floor.card(channel)
    assert "*Impact* Half of 120 calls an hour are lost" in card
    assert "*Cause (suspected)* a carrier's trunk &amp; &lt;!channel&gt;" in card
    assert "*Under way* The carrier moves calls to Cebu" in card
    recorded = ("impact", "cause", "actions", "nothing_needed")
    kinds = [entry["kind"] for entry in rows(floor, "timeline_entries") if entry["kind"] in recorded]
    assert kinds == list(recorded)


def test_an_identified_cause_that_is_recorded_as_suspected_is_asked_about(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(ids.CERTAINTY, "Suspected")
    floor.ana.fills(SituationField.CAUSE, "a carrier's trunk")
    floor.ana.submits()
    floor.settle()

    answer = floor.says("ana", "/incident status identified the carrier confirms it", channel)

    assert "Updates say that the cause is only suspected. If it is certain now, choose *Known*" in answer


def test_executives_who_were_told_another_cause_read_which_one_it_replaces(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down")

    def records(cause: str) -> None:
        floor.says("ana", "/incident brief", channel)
        floor.ana.fills(ids.CERTAINTY, "Suspected")
        floor.ana.fills(SituationField.CAUSE, cause)
        floor.ana.submits()
        floor.settle()

    records("a carrier's trunk")
    floor.passes(minutes=30)
    assert "*Cause (suspected):* a carrier's trunk\n" in updates(floor, "executives")[-1]
    records("an expired certificate")
    floor.passes(minutes=30)
    assert "an expired certificate · until now: a carrier's trunk\n" in updates(floor, "executives")[-1]
    floor.says("ana", "/incident update Cebu is back", channel)
    assert "until now" not in updates(floor, "executives")[-1], "it is told once"


def test_nothing_is_under_way_once_it_is_over(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(SituationField.ACTIONS, "The carrier moves calls to Cebu")
    floor.ana.submits()
    floor.settle()

    floor.says("ana", "/incident resolve the carrier replaced a card", channel)

    assert "Under way" not in floor.card(channel)
    assert "Next:" not in floor.card(channel), "what was to be done about the outage is not to be done any more"
    floor.passes(minutes=6)
    floor.says("ana", "/incident catchup", channel)
    assert "Under way" not in floor.ephemeral("ana", channel)[-1]
    floor.says("ana", "/incident reopen calls drop again", channel)
    assert "*Under way* The carrier moves calls to Cebu" in floor.card(channel)


def test_people_editing_at_once_keep_each_others_fields(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down at Sagebrush")
    impact = "Half the calls are lost" + ", as the callers say" * 30
    floor.says("ana", f"/incident impact {impact}", channel)
    floor.ben.joins(channel)
    floor.chloe.joins(channel)
    floor.says("ana", "/incident brief", channel)
    floor.says("ben", "/incident brief", channel)
    floor.says("chloe", "/incident brief", channel)
    floor.chloe.fills(SituationField.ACTIONS, "The carrier moves calls to Cebu")
    floor.chloe.fills(ids.CERTAINTY, "Known")
    floor.chloe.fills(SituationField.CAUSE, "a carrier's trunk")
    floor.chloe.fills(SituationField.NEEDS, "A second carrier")
    assert floor.chloe.submits().closed
    floor.ben.fills(SituationField.IMPACT, "All calls are lost")
    floor.ben.fills("impact.es", "Se pierden todas las llamadas")
    assert floor.ben.submits().closed
    floor.settle()
    assert "*Needed* A second carrier" in floor.card(channel)
    floor.ana.fills(SituationField.NEEDS, "Two more carriers")
    assert not floor.ana.submits().closed, "nobody replaces a colleague's words unread"
    assert "<@U0CHLOE> has changed *Needs* in the meantime: A second carrier" in str(floor.ana.modal)
    floor.settle()
    assert "*Needed* A second carrier" in floor.card(channel)
    assert floor.ana.submits().closed
    floor.settle()

    assert "*Impact* All calls are lost" in floor.card(channel)
    assert "*Cause (known)* a carrier's trunk" in floor.card(channel)
    assert "*Under way* The carrier moves calls to Cebu" in floor.card(channel)
    assert "*Needed* Two more carriers" in floor.card(channel)
    versions = [(row["field"], row["language"], row["text"]) for row in rows(floor, "situation_values")]
    assert versions == [
        ("impact", "", impact),
        ("cause", "", "a carrier's trunk"),
        ("actions", "", "The carrier moves calls to Cebu"),
        ("needs", "", "A second carrier"),
        ("impact", "", "All calls are lost"),
        ("impact", "es", "Se pierden todas las llamadas"),
        ("needs", "", "Two more carriers"),
    ]
    floor.says("ben", "/incident brief", channel)
    elements = {block.get("block_id"): block.get("element", {}) for block in floor.ben.modal["blocks"]}
    assert elements["impact.es"]["initial_value"] == "Se pierden todas las llamadas"
    assert elements[SituationField.NEEDS]["initial_value"] == "Two more carriers"


def test_a_translation_is_requested_again_once_its_original_has_changed(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down at Sagebrush")
    floor.says("ana", "/incident impact Half the calls are lost", channel)
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills("impact.es", "Se pierde la mitad")
    assert floor.ana.submits().closed
    floor.says("ana", "/incident impact All calls are lost", channel)

    floor.says("ana", "/incident brief", channel)

    elements = {block.get("block_id"): block.get("element", {}) for block in floor.ana.modal["blocks"]}
    assert "initial_value" not in elements["impact.es"]
    assert elements["impact.es"]["placeholder"]["text"] == "All calls are lost"


def test_a_cause_typed_without_its_certainty_is_suspected_and_known_once_it_is_identified(floor: TestFloor) -> None:
    channel = floor.declares("S3 Headsets hum")
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(SituationField.CAUSE, "a driver")
    assert floor.ana.submits().closed
    floor.settle()
    assert "*Cause (suspected)* a driver" in floor.card(channel)

    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(ids.CERTAINTY, "Not known yet")
    assert floor.ana.submits().errors == {
        ids.CERTAINTY: "Choose “Suspected” or “Known” for this cause, or clear its text."
    }
    floor.ana.fills(SituationField.CAUSE, "")
    assert floor.ana.submits().closed
    floor.says("ana", "/incident status identified", channel)
    floor.says("ana", "/incident brief", channel)
    floor.ana.fills(SituationField.CAUSE, "the new driver")
    assert floor.ana.submits().closed
    floor.settle()

    assert "*Cause (known)* the new driver" in floor.card(channel)


def test_the_answer_to_an_impact_quotes_what_people_outside_the_company_will_not_read(floor: TestFloor) -> None:
    channel = floor.declares("S1 IVR down")

    answer = floor.says("ana", "/incident impact Half the calls drop after 20 seconds. Back by 15:00.", channel)
    assert answer.endswith(" Left out or without names for Front line, Partners: “Back by 15:00.”")
    answer = floor.says("ana", "/incident impact Half the calls drop after 20 seconds.", channel)
    assert "Left out" not in answer

    floor.passes(minutes=15)
    assert "*What is affected:* Half the calls drop after 20 seconds." in floor.visible_text("front-line")
