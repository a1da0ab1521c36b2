"""Every button of a playbook, as people press it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver
from tests.stories.record import timeline


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_a_step_is_taken_assigned_done_and_undone(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    assert "0 of" in driver.visible_text
    assert "Call the carrier" in driver.visible_text

    driver.presses("ben", ids.STEP_TAKE, "Call the carrier")
    assert "<@U0BEN>" in driver.visible_text
    floor.ben.joins(driver.channel)
    driver.presses("ana", ids.STEP_ASSIGN, "Call the carrier")
    driver.submits("ana", {ids.OWNER: "chloe"})
    assert any(
        "gave you a step" in words and "Call the carrier" in words for words in driver.private_texts("chloe")
    )

    driver.does("chloe", "Call the carrier")
    assert "✅ Call the carrier" in driver.visible_text
    assert driver.wants("Chase the carrier"), "it is wanted once the carrier has been called"
    assert timeline(floor, "step_done")[0]["actor_id"] == "U0CHLOE"

    driver.presses("ben", ids.STEP_UNDO, "Call the carrier")
    assert "✅" not in driver.visible_text
    assert not driver.wants("Chase the carrier")
    assert driver.row("Call the carrier")["state"] == "open"
    assert timeline(floor, "step_undone")[0]["actor_id"] == "U0BEN"


def test_a_step_that_asks_is_done_with_its_answers_and_each_field_says_what_is_wrong(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))

    refusal = driver.answers(
        "ana", "Find out how far it reaches", {"queues_hit": "All queues", "agents_out": "many", "who_knows": "ben"}
    )
    assert refusal.errors == {"agents_out": "Please give a number, such as 12 or 3.5."}
    assert driver.row("Find out how far it reaches")["state"] == "open"

    assert driver.submits("ana", {"agents_out": "60"}).closed
    assert "✅ Find out how far it reaches" in driver.visible_text
    assert "out of order" in driver.visible_text, "the carrier above it has not been called yet"
    (entry,) = timeline(floor, "step_done")
    assert "All queues" in str(entry["facts"])
    assert "U0BEN" in str(entry["facts"])
    assert "Raise the severity" in driver.visible_text, "an answer asks for it"
    assert "Find cover for many" in driver.visible_text, "60 is at least 50"


def test_a_step_is_skipped_with_a_reason_and_its_replacement_appears(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))

    assert driver.skips("ana", "Call the carrier", "   ").errors
    assert driver.submits("ana", {ids.REASON: "no <!channel> answers there"}).closed

    assert "⏭️ Call the carrier" in driver.visible_text
    assert "no <!channel> answers there" in driver.visible_text.replace("&lt;", "<").replace("&gt;", ">")
    assert "<!channel>" not in floor.live_markup(driver.channel)
    assert driver.wants("Use the other carrier")
    assert not driver.wants("Chase the carrier")


def test_when_two_people_press_at_once_one_wins_and_the_other_is_told_who(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    value = str(driver.row("Call the carrier")["id"])

    with ThreadPoolExecutor(2) as hands:
        clicks = [
            hands.submit(person.clicks, ids.STEP_DONE, channel=driver.channel, value=value)
            for person in (floor.ana, floor.ben)
        ]
        assert all(click.result().acked for click in clicks)
    floor.settle()

    (entry,) = timeline(floor, "step_done")
    loser = {"U0ANA": "ben", "U0BEN": "ana"}[entry["actor_id"]]
    (sentence,) = [words for words in driver.private_texts(loser) if "was first" in words]
    assert f"<@{entry['actor_id']}>" in sentence
    assert "Nothing was changed by your click" in sentence


def test_a_form_sent_too_late_says_at_its_field_who_was_first(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    driver.presses("ana", ids.STEP_SKIP, "Call the carrier")
    driver.does("ben", "Call the carrier")

    submission = driver.submits("ana", {ids.REASON: "not needed"})

    assert "Ben Okafor was first" in submission.errors[ids.REASON]
    assert driver.row("Call the carrier")["state"] == "done"


def test_the_list_of_all_steps_shows_the_result_of_each_click(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.ana.clicks(ids.SHOW_ALL, channel=driver.channel)
    assert "Twenty calls in a row" in str(floor.ana.modal)
    assert "not needed for now" in str(floor.ana.modal)

    driver.presses("ana", ids.STEP_DONE, "Call the carrier", surface="modal")
    assert "✅ Call the carrier" in str(floor.ana.modal)
    driver.presses("ana", ids.STEP_UNDO, "Call the carrier", surface="modal")
    assert "✅" not in str(floor.ana.modal)

    driver.answers(
        "ana", "Find out how far it reaches", {"queues_hit": "One queue", "agents_out": "3"}, surface="modal"
    )
    assert "✅ Find out how far it reaches" in str(floor.ana.modal), "the form leads back to the list"

    driver.does("ben", "Call the carrier")
    driver.presses("ana", ids.STEP_DONE, "Call the carrier", surface="modal")
    assert any("was first" in words for words in driver.private_texts("ana"))
    assert "✅ Call the carrier" in str(floor.ana.modal), "the list shows who was first"


def test_a_list_that_cannot_be_redrawn_is_left_alone(floor: TestFloor, caplog: pytest.LogCaptureFixture) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.ana.clicks(ids.SHOW_ALL, channel=driver.channel)
    floor.sandbox.fault("views.update", "error", error="not_found")

    driver.presses("ana", ids.STEP_DONE, "Call the carrier", surface="modal")

    assert driver.row("Call the carrier")["state"] == "done"
    assert "Traceback" not in caplog.text

    floor.sandbox.fault("views.update", "refused")
    driver.presses("ana", ids.STEP_UNDO, "Call the carrier", surface="modal")
    assert driver.row("Call the carrier")["state"] == "open"
    assert "Traceback" not in caplog.text, "Slack was away for a moment, and nothing is broken"
    assert "not done now" in caplog.text


def test_guests_can_look_but_change_nothing(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.ana.invites(driver.channel, "gus")

    for action in (ids.STEP_DONE, ids.STEP_SKIP, ids.STEP_TAKE, ids.STEP_ASSIGN):
        driver.presses("gus", action, "Call the carrier")

    assert len(driver.private_texts("gus")) == 4
    assert floor.gus.modal is None
    assert driver.row("Call the carrier")["changed_at"] is None
