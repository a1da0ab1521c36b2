"""Effects of steps: telling an audience, setting the status and the like, bringing people in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.escalation import ladder_tables
from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver
from tests.stories.record import rows, timeline


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_a_message_is_reviewed_and_edited_before_it_is_sent_to_its_audience(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S1 IVR down"))
    driver.answers("ana", "Find out how far it reaches", {"queues_hit": "All queues", "agents_out": "60"})

    driver.presses("ben", ids.STEP_ANSWER, "Tell the executives")
    preview = str(floor.ben.modal)
    assert "IVR down (S1), reach: All queues, since" in preview
    assert "Message to #executives" in preview
    assert "reach: All queues" not in floor.visible_text("executives")

    since = re.search(r"since ([^.]*UTC)\.", preview)
    driver.submits("ben", {ids.MESSAGE: f"Half of the calls <!here> fail since {since and since[1]}. We know why."})

    news = floor.visible_text("executives").replace("&lt;", "<").replace("&gt;", ">")
    assert "Half of the calls <!here> fail since <!date^" in news, "each reader sees the time in their own zone"
    assert "<!here>" not in floor.live_markup("executives")
    assert "Changed: next update" not in floor.visible_text("executives"), "it says so itself"
    assert any("The update goes to #executives now." in words for words in driver.private_texts("ben"))
    sent = [row for row in timeline(floor, "update_sent") if row["actor_id"] == "U0BEN"]
    assert len(sent) == 1

    driver.presses("ben", ids.STEP_UNDO, "Tell the executives")
    assert any("invitations of the step are not taken back" in words for words in driver.private_texts("ben"))


def test_empty_messages_and_messages_of_a_private_incident_are_not_sent(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S1 IVR down"))
    driver.answers("ben", "Tell the executives", {ids.MESSAGE: ""})
    assert any("nothing was sent" in words for words in driver.private_texts("ben"))

    floor.ana.types("/incident declare", channel="general")
    private = {"What is wrong?": "Lines fail because of a person", "Severity": "S1", "Who may see it?": "private"}
    assert driver.submits("ana", private).closed
    secret = PlaybookDriver(floor, next(c.name for c in floor.ana.channels() if c.name.startswith("inc-2-")))
    secret.presses("ana", ids.STEP_ANSWER, "Tell the executives")
    assert "the message of this step is not sent" in str(floor.ana.modal)
    secret.submits("ana", {})
    assert any("private, so the message was not sent" in words for words in secret.private_texts("ana"))
    assert "because of a person" not in floor.visible_text("executives")


def test_a_step_sets_the_status_the_front_door_and_the_update_interval(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S1 IVR down"))
    intervals_before = [row["cadence_s"] for row in rows(floor, "promises") if row["state"] == "waiting"]

    driver.does("ana", "Switch the message on")

    (incident,) = rows(floor, "incidents")
    assert incident["status"] == "identified"
    assert "*Callers hear a message* (inform, then queue)" in floor.visible_text(driver.channel)
    assert 600 not in intervals_before
    assert {row["cadence_s"] for row in rows(floor, "promises") if row["state"] == "waiting"} == {600}
    assert "identified" in floor.visible_text(driver.channel).lower()
    (sentence,) = [words for words in driver.private_texts("ana") if "is done" in words]
    assert "The status is identified now." in sentence
    assert "Updates are promised every 10 min now." in sentence


def test_a_step_that_sets_the_status_of_a_resolved_incident_reopens_it(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S1 IVR down at Northline"))
    driver.does("ana", "Prove that it works")
    floor.says("ana", "/incident resolve over", driver.channel)
    waiting_promises = [row for row in rows(floor, "promises") if row["state"] == "waiting"]
    assert (waiting_promises, rung_due(floor), notice(floor)) == ([], False, ("dropped", False))

    driver.does("ana", "Switch the message on")

    assert "resolved" not in floor.card(driver.channel)
    assert len(timeline(floor, "reopened")) == len(timeline(floor, "status")) == 1
    assert [row for row in rows(floor, "promises") if row["state"] == "waiting"] != [], "updates are promised"
    assert rung_due(floor), "the escalation ladder goes on"
    assert notice(floor) == ("waiting", True), "the partner has its notice due"


def rung_due(floor: TestFloor) -> bool:
    """Whether a tier of the escalation ladder is due."""
    with floor.services.database.reading() as session:
        return any(rung.due_at for rung in ladder_tables.ladder(session, 1))


def notice(floor: TestFloor) -> tuple[str, bool]:
    """The state of the only partner's notice, and whether something is due for it."""
    (row,) = rows(floor, "partner_notices")
    return row["state"], row["due_at"] is not None


def test_a_step_brings_groups_and_roles_into_the_channel(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.says("ana", "/incident assign scribe <@U0DEVI>", driver.channel)

    driver.does("ana", "Bring the experts in")

    members = floor.sandbox.workspace.channel(driver.channel).members
    assert {"U0CHLOE", "U0DEVI"} <= set(members)
    assert any(
        "Invited into the channel: @telephony-oncall, scribe." in words for words in driver.private_texts("ana")
    )


def test_a_repeated_step_comes_due_again(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    driver.does("ana", "Look at the queues again")
    assert driver.row("Look at the queues again")["state"] == "done"

    floor.passes(minutes=31)

    assert driver.row("Look at the queues again")["state"] == "open"
    assert "Look at the queues again" in driver.visible_text, "it is due, whatever the phase"
    assert len(timeline(floor, "step_repeated")) == 1


def test_conditions_follow_the_place_the_partner_and_the_severity(floor: TestFloor) -> None:
    manila_driver = PlaybookDriver(floor, floor.declares("S2 IVR down in Manila at Telvia"))
    other_driver = PlaybookDriver(floor, floor.declares("S3 chat widget slow"))

    assert (manila_driver.wants("Ring the site lead in Manila"), manila_driver.wants("Ring Telvia")) == (True, True)
    assert (other_driver.wants("Ring the site lead in Manila"), other_driver.wants("Ring Telvia")) == (False, False)
    floor.says("ana", "/incident partners add Telvia", other_driver.channel)
    assert other_driver.wants("Ring Telvia"), "a partner added by command is in scope, too"
    assert not manila_driver.wants("Tell the executives")

    floor.says("ana", "/incident severity S1 it grows", manila_driver.channel)
    assert manila_driver.wants("Tell the executives")
    assert manila_driver.row("Tell the executives")["remind_at"], "its clock starts with the severity"

    floor.says("ana", "/incident severity S3 it shrinks", manila_driver.channel)
    assert not manila_driver.wants("Tell the executives")
    assert manila_driver.row("Tell the executives")["remind_at"] is None
