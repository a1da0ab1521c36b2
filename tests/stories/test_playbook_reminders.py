"""Late steps: the owner is reminded, then the commander, then the ladder; in the thread, at most three times."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.incidents import ids as incident_ids
from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows, timeline

TWO_STEPS = """
title: Two steps
summary: Enough to be late with.
phases:
  - id: now
    title: Now
    steps:
      - id: call
        title: Call the carrier
        owner: responder
        due: 10 min
      - id: tell
        title: Tell the floor
        owner: responder
        due: 10 min
      - id: grave
        title: Ring the director
        owner: commander
        due: 10 min
        when: {severity_at_least: S1}
"""


STAGGERED = """
title: One after the other
summary: Late with one thing after the other.
phases:
  - id: now
    title: Now
    steps:
      - {id: call, title: Call the carrier, owner: responder, due: 10 min}
      - {id: tell, title: Tell the floor, owner: responder, due: 11 min}
      - {id: write, title: Write it down, owner: responder, due: 12 min}
      - {id: test, title: Dial a number, owner: responder, due: 14 min}
"""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "two-steps.yaml").write_text(TWO_STEPS)
    with TestFloor(tmp_path, playbooks_dir=folder) as floor:
        yield floor
        floor.nothing_was_malformed()


def staffed_incident(floor: TestFloor, severity: str = "S2") -> PlaybookDriver:
    """An incident that Ana leads and Ben works on."""
    driver = PlaybookDriver(floor, floor.declares(f"{severity} IVR down"))
    floor.says("ana", "/incident claim commander", driver.channel)
    floor.says("ana", "/incident assign responder <@U0BEN>", driver.channel)
    return driver


def test_the_owner_then_the_commander_then_the_ladder_then_nobody_is_reminded_in_the_thread(
    floor: TestFloor,
) -> None:
    driver = staffed_incident(floor)
    floor.passes(minutes=9)
    assert driver.reminders() == []

    floor.passes(minutes=2)
    (first,) = driver.reminders()
    assert "<@U0BEN>: these are due and open" in first.visible_text
    assert "It is yours" in first.visible_text
    assert "Call the carrier" in first.visible_text
    assert "Tell the floor" in first.visible_text, "one person's late steps are one message"

    floor.passes(minutes=6)
    assert "<@U0ANA>: these are due" in driver.reminders()[1].visible_text
    assert "Reminded once, still open" in driver.reminders()[1].visible_text
    floor.stop_bot()
    floor.passes(minutes=11)
    floor.start_bot()
    floor.tick()
    assert len(driver.reminders()) == 3, "a restart loses none and repeats none"
    assert "Snooze" not in driver.reminders()[2].visible_text

    floor.passes(hours=5)
    floor.tick()
    assert len(driver.reminders()) == 3
    assert len(timeline(floor, "step_reminded")) == 6


def test_a_reminder_shows_what_became_of_its_steps_and_a_snooze_says_whose(floor: TestFloor) -> None:
    driver = staffed_incident(floor)
    floor.passes(minutes=11)
    (reminder,) = driver.reminders()

    driver.presses("ben", ids.STEP_SNOOZE_30, "Call the carrier", ts=reminder.ts)
    driver.presses("ben", ids.STEP_DONE, "Tell the floor", ts=reminder.ts)
    assert any("is snoozed for 30 minutes" in words for words in driver.private_texts("ben"))
    (reminder,) = driver.reminders()
    assert "💤 until" in reminder.visible_text
    assert "✅ Tell the floor" in reminder.visible_text
    assert [str(row["facts"]) for row in timeline(floor, "step_snoozed")]
    assert "late" in driver.visible_text, "its due time stays the same"

    floor.passes(minutes=25)
    assert len(driver.reminders()) == 1
    floor.passes(minutes=6)
    assert len(driver.reminders()) == 2
    floor.passes(minutes=11)
    assert len(driver.reminders()) == 3
    driver.presses("ana", ids.STEP_SNOOZE_10, "Call the carrier", ts=driver.reminders()[1].ts)
    assert any("has had all its reminders" in words for words in driver.private_texts("ana"))
    floor.passes(minutes=60)
    assert len(driver.reminders()) == 3, "there is never a fourth, not even after a snooze"


def test_a_step_without_an_owner_goes_to_the_commander_and_without_a_commander_up_the_ladder(
    floor: TestFloor,
) -> None:
    led_driver = PlaybookDriver(floor, floor.declares("S1 IVR down"))
    floor.says("ana", "/incident claim commander", led_driver.channel)
    unled_driver = PlaybookDriver(floor, floor.declares("S1 chat widget slow"))

    floor.passes(minutes=11)

    (reminder,) = led_driver.reminders()
    assert "<@U0ANA>: these are due" in reminder.visible_text
    assert "Nobody has it: do it or assign it" in reminder.visible_text
    assert "It is yours" in reminder.visible_text, "whatever the reason, one person gets one message"
    led_driver.presses("ana", ids.STEP_ASSIGN, "Tell the floor", ts=reminder.ts)
    led_driver.submits("ana", {ids.OWNER: "ben"})
    assert led_driver.row("Tell the floor")["owner_id"] == "U0BEN"
    (reminder,) = unled_driver.reminders()
    assert "<!subteam^S0ANALYSTS>: these are due" in reminder.visible_text
    assert "*Nobody leads:* 3 steps wait." in reminder.visible_text
    assert str(reminder.blocks).count("'type': 'button'") == 1, "*Take command* is the one that helps"
    floor.ben.clicks(f"{incident_ids.CLAIM}.commander", channel=unled_driver.channel, ts=reminder.ts)
    unled_driver.does("ben", "Call the carrier")
    assert "✅ Call the carrier" in unled_driver.reminders()[0].visible_text


def test_late_steps_of_a_drill_mention_no_group(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("drill S1 IVR down"))

    floor.passes(minutes=11)

    (reminder,) = driver.reminders()
    assert "<@U0ANA>: these are due" in reminder.visible_text, "the declarer, as nobody leads"


def test_a_change_of_severity_moves_the_reminders_before_the_next_tick(floor: TestFloor) -> None:
    driver = staffed_incident(floor)
    floor.passes(minutes=20)
    reminder_count = len(driver.reminders())

    floor.says("ana", "/incident severity S1 it grows", driver.channel)
    floor.passes(minutes=9)
    assert not any("Ring the director" in message.visible_text for message in driver.reminders())
    # Ana was reminded a moment ago, so that this one comes up to five minutes later.
    floor.passes(minutes=7)
    assert any("Ring the director" in message.visible_text for message in driver.reminders()[reminder_count:])

    floor.says("ana", "/incident severity S2 it shrinks", driver.channel)
    reminder_count = len(driver.reminders())
    floor.passes(minutes=30)
    assert not any("Ring the director" in message.visible_text for message in driver.reminders()[reminder_count:])


def test_steps_due_in_the_same_minute_send_one_reminder_per_incident_and_none_if_it_is_closed(
    floor: TestFloor,
) -> None:
    first, second = staffed_incident(floor), PlaybookDriver(floor, floor.declares("S2 chat widget slow"))
    closed_driver = PlaybookDriver(floor, floor.declares("S2 printers print nothing"))
    floor.says("ana", "/incident resolve it was a cable", closed_driver.channel)
    floor.says("ana", "/incident close", closed_driver.channel)

    floor.passes(minutes=11)

    assert [len(driver.reminders()) for driver in (first, second, closed_driver)] == [1, 1, 0]
    reminders = [row for row in rows(floor, "outbox") if row["key"].startswith("remind:")]
    assert len(reminders) == 2


def test_nobody_is_reminded_again_within_five_minutes_and_later_reminders_come_together(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "staggered.yaml").write_text(STAGGERED)
    with TestFloor(tmp_path, playbooks_dir=folder) as floor:
        driver = staffed_incident(floor)
        floor.passes(minutes=10, seconds=10)
        for _ in range(3):
            floor.passes(minutes=1)
        [first] = driver.reminders()
        assert "Call the carrier" in first.visible_text
        driver.does("ben", "Write it down")
        floor.passes(minutes=1)
        assert len(driver.reminders()) == 1
        floor.passes(minutes=1, seconds=10)
        ben, ana = sorted(driver.reminders()[1:], key=lambda message: "<@U0ANA>" in message.visible_text)
        assert "<@U0BEN>: these are due and open" in ben.visible_text
        assert "Tell the floor" in ben.visible_text
        assert "Dial a number" in ben.visible_text
        assert "Write it down" not in ben.visible_text, "a step done meanwhile is not in the reminder"
        assert "<@U0ANA>: this is due" in ana.visible_text, "another reader does not wait"
        floor.nothing_was_malformed()
