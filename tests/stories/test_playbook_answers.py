"""Answers to a step set milestones and are shown in the message; a step whose purpose is met is skipped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playbooks import ids
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows, timeline
from tests.stories.seen_updates import updates

ASKING = """
title: Asking
summary: Asks when it began, and has steps that may be needless.
phases:
  - id: now
    title: Now
    steps:
      - id: scope
        title: Find out how far it reaches
        owner: responder
        due: 10 min
        asks:
          - id: symptom
            question: What fails?
          - id: first_seen
            question: When did it start?
            kind: time
            milestone: started
            optional: true
      - id: raise-severity
        title: Raise to S0
        skip_when: {severity_at_least: S0}
      - id: executives
        title: Tell the executives
        owner: communications_lead
        skip_when: {told: executives}
      - id: command
        title: Find a commander
        when: {done: scope}
        skip_when: {held: commander}
"""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "asking.yaml").write_text(ASKING)
    with TestFloor(tmp_path, playbooks_dir=folder) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_the_answered_start_time_sets_the_milestone_and_is_shown_in_the_message(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    declared_s = int(utcnow().timestamp())
    floor.says("ana", "/incident claim commander", driver.channel)
    floor.passes(minutes=11)
    (reminder,) = driver.reminders()
    assert "Done…" in str(reminder.blocks)

    driver.presses("ben", ids.STEP_ANSWER, "Find out how far it reaches")
    form = str(floor.ben.modal)
    assert "In your time zone, " in form
    (suggested_s,) = re.findall(r"'initial_date_time': (\d+)", form)
    assert abs(int(suggested_s) - declared_s) < 60, "it began before it was declared"
    floor.ben.fills("symptom", "The menu is silent <!here>")
    floor.ben.fills("first_seen", int(utcnow().timestamp()) + 3600)
    assert "still to come" in str(floor.ben.submits().errors)
    floor.ben.fills("first_seen", int(utcnow().timestamp()))
    assert "before it was started" in str(floor.ben.submits().errors), "it was declared earlier"

    floor.ben.fills("first_seen", declared_s - 1200)
    assert floor.ben.submits().closed
    floor.settle()

    assert "What fails? *The menu is silent <!here>*" in driver.visible_text.replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    assert "When did it start?" in driver.visible_text
    assert "<!here>" not in floor.live_markup(driver.channel)
    (milestone,) = timeline(floor, "milestone")
    assert "When did it start?" in str(milestone["facts"])
    assert any("Started: " in words for words in driver.private_texts("ben"))
    (reminder,) = driver.reminders()
    assert "✅ Find out how far it reaches" in reminder.visible_text
    assert "Done…" not in str(reminder.blocks), "no button is offered that would be refused"


def test_a_step_whose_purpose_is_met_is_skipped_with_a_reason_until_somebody_wants_it(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    assert driver.row("Raise to S0")["state"] == "open"
    floor.says("ana", "/incident claim commander", driver.channel)
    floor.says("ana", "/incident leave commander", driver.channel)
    driver.answers("ben", "Find out how far it reaches", {"symptom": "The menu is silent"})
    assert driver.row("Find a commander")["state"] == "open", "the commander left again"

    floor.says("ana", "/incident severity S0 nobody can call", driver.channel)
    assert driver.row("Raise to S0")["state"] == "skipped"
    assert "the incident is S0 already" in driver.visible_text

    floor.passes(hours=1)
    assert driver.row("Tell the executives")["state"] == "skipped"
    assert "executives had an update already" in driver.visible_text
    skip_facts = [row["facts"] for row in timeline(floor, "step_skipped")]
    assert len(skip_facts) == 2

    driver.presses("ana", ids.STEP_UNDO, "Tell the executives")
    floor.passes(hours=1)
    assert driver.row("Tell the executives")["state"] == "open", "somebody wants it"


def test_nobody_is_asked_to_take_command_once_it_is_taken(tmp_path: Path) -> None:
    with TestFloor(tmp_path) as floor:
        driver = PlaybookDriver(floor, floor.declares("S1 IVR down"))
        floor.passes(minutes=4)
        (reminder,) = driver.reminders()
        assert "Take command" in reminder.visible_text

        floor.says("ana", "/incident claim commander", driver.channel)
        step = driver.row("Take command")
        assert (step["state"], step["finished_by"]) == ("done", "U0ANA")
        assert "✅ Take command · <@U0ANA>" in driver.visible_text
        floor.says("ana", "/incident update calls go to Cebu", driver.channel)
        update_text = updates(floor, driver.channel)[-1]
        assert "Ana Reyes is commander" in update_text
        assert "Take command" not in update_text, "that is told once"
        assert "Done…" not in str(driver.reminders()[0].blocks), "the earlier reminder is no task any more"

        floor.passes(minutes=30)
        assert not [later for later in driver.reminders()[1:] if "Take command" in later.visible_text]
        floor.says("ana", "/incident assign comms <@U0BEN>", driver.channel)
        assert "✅ Name a communications lead · <@U0ANA>" in driver.visible_text
        floor.nothing_was_malformed()


@pytest.mark.parametrize("button", [ids.STEP_DONE, ids.STEP_TAKE])
def test_the_step_of_taking_command_makes_the_person_commander(tmp_path: Path, button: str) -> None:
    with TestFloor(tmp_path) as floor:
        driver = PlaybookDriver(floor, floor.declares("S1 the lights flicker"))
        driver.presses("ben", ids.STEP_DONE, "Name a communications lead")
        assert "`/incident assign communications_lead @name`" in driver.private_texts("ben")[-1]
        assert driver.row("Name a communications lead")["state"] == "open"

        driver.presses("ben", button, "Take command")

        (role,) = [row for row in rows(floor, "role_holders") if row["role"] == "commander"]
        assert role["user_id"] == "U0BEN"
        step = driver.row("Take command")
        assert (step["state"], step["finished_by"]) == ("done", "U0BEN")
        assert any("You are commander" in words for words in driver.private_texts("ben"))
        floor.nothing_was_malformed()
