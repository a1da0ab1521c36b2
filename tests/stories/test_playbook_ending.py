"""What a playbook requires before an incident ends, and what is learned from it afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.incidents import ids as incident_ids
from bot.incidents import incidents
from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver
from tests.stories.record import post_mortems, rows, timeline


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


TITLES = ("IVR down", "chat widget slow", "mail stuck", "fax dead", "badges refused")


def becomes_a_drill(floor: TestFloor, number: int) -> None:
    with floor.services.database.transaction() as session:
        incidents.by_number(session, number).is_drill = True


def status(floor: TestFloor, number: int) -> str:
    return str(rows(floor, "incidents")[number - 1]["status"])


def test_required_steps_block_the_end_until_they_are_done_or_waived_with_a_reason(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.says("ana", "/incident resolve it works", driver.channel)
    form = str(floor.ana.modal)
    assert "Prove that it works" in form
    assert "Ask for the report" not in form, "that is required only before closing"
    assert "'initial_value': 'it works'" in form, "what was typed is not typed again"
    errors = driver.submits("ana", {}).errors
    assert list(errors) == [incident_ids.WAIVER], "the error is beside the field that is missing"
    assert status(floor, 1) == "investigating"

    assert driver.submits("ana", {incident_ids.WAIVER: "the carrier has tried it"}).closed
    floor.says("ana", "/incident reopen", driver.channel)
    assert status(floor, 1) == "resolved", "updates quote the reason, so it is asked for"
    assert driver.submits("ana", {incident_ids.REASON: "calls drop again"}).closed
    assert status(floor, 1) == "investigating"
    [reopened] = timeline(floor, "step_undone")
    assert json.loads(reopened["facts"])["was"] == "waived", (
        "so that it is not taken for a step that a person undid"
    )
    floor.says("ana", "/incident resolve it works", driver.channel)
    assert "Prove that it works" in str(floor.ana.modal), "what was waived is asked for again"

    driver.does("ana", "Prove that it works")
    assert "Resolved" in floor.says("ana", "/incident resolve it works", driver.channel)

    floor.says("ana", "/incident", driver.channel)
    floor.ana.clicks(incident_ids.CLOSE, channel=driver.channel)
    assert "Ask for the report" in str(floor.ana.modal)
    assert driver.submits("ana", {incident_ids.REASON: "all quiet"}).errors, "without a reason for the waiver"
    assert driver.submits("ana", {incident_ids.WAIVER: "the carrier has gone bankrupt"}).closed

    assert status(floor, 1) == "closed"
    _, entry = timeline(floor, "step_waived")
    assert "bankrupt" in str(entry["facts"])
    assert "🏳️ Ask for the report" in driver.visible_text
    assert "Done" not in driver.visible_text.split("\n")

    floor.says("ana", "/incident reopen it is back", driver.channel)
    floor.passes(seconds=5)  # Slack lets one message a second into a channel
    assert "No playbook is running since the incident ended" in floor.visible_text(driver.channel)
    floor.ana.clicks(ids.START, channel=driver.channel)
    floor.settle()
    assert "<@U0ANA> started it." in floor.visible_text(driver.channel)
    assert driver.row("Call the carrier")["state"] == "open"


def test_the_draft_says_how_the_playbook_was_followed(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    floor.passes(minutes=22)
    driver.does("ana", "Call the carrier", "Prove that it works")
    driver.skips("ana", "Bring the experts in", "they sleep")
    floor.says("ana", "/incident resolve it works", driver.channel)
    driver.does("ana", "Ask for the report")
    floor.says("ana", "/incident close", driver.channel)

    (draft,) = post_mortems(floor, "ana")

    assert "3 done, 1 skipped, 4 left open, 1 late, 2 out of order, late by 12 min on average" in draft
    assert "| Call the carrier | done, late |" in draft
    assert "they sleep" in draft


def test_a_step_skipped_in_three_of_the_last_five_runs_is_named_with_its_file_but_drills_do_not_count(
    floor: TestFloor,
) -> None:
    for number, title in enumerate(TITLES, start=1):
        driver = PlaybookDriver(floor, floor.declares(f"S2 {title}"))
        if number == 1:
            becomes_a_drill(floor, number)
        if number != 3:
            driver.skips("ana", "Call the carrier", "nobody answers there")
        driver.does("ana", "Prove that it works", "Ask for the report")
        floor.says("ana", "/incident resolve over", driver.channel)
        floor.says("ana", "/incident close", driver.channel)

    drafts = post_mortems(floor, "ana")

    assert all("was skipped in" not in draft for draft in drafts[:4])
    assert "playbooks/everything.yaml, step" in drafts[4].replace("\\", "")
    assert "was skipped in 3 of the last 4 runs: drop it, or give it a condition" in drafts[4]
