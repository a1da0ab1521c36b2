"""Playbook steps in an incident: done, skipped, assigned, undone; two people at once."""

import pytest

from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.record import rows, timeline, untouched


def run(floor: TestFloor, channel: str, title: str = "Small outage") -> str:
    """The text of the playbook's message."""
    [message] = [m for m in floor.ana.sees(channel) if m.visible_text.startswith(f"📋 *{title}*")]
    return str(message.visible_text)


def states(floor: TestFloor) -> dict[str, str]:
    return {row["step_key"]: row["state"] for row in rows(floor, "playbook_steps")}


def step(floor: TestFloor, key: str) -> str:
    """The button value of a step."""
    return next(str(row["id"]) for row in rows(floor, "playbook_steps") if row["step_key"] == key)


@pytest.mark.both_ways
def test_a_step_is_done_with_one_click_and_the_card_counts_it(floor: TestFloor) -> None:
    channel = floor.declares()
    assert "0 of 3" in floor.card(channel)
    assert "Next: *Call the carrier*" in floor.card(channel)

    floor.ana.clicks(ids.STEP_DONE, channel=channel, value=step(floor, "call"))
    floor.settle()

    assert "✅ Call the carrier · <@U0ANA>" in run(floor, channel)
    assert "1 of 3" in floor.card(channel)
    assert len(timeline(floor, "step_done")) == 1


def test_a_step_that_asks_shows_its_answers_in_the_playbook_and_never_to_executives(floor: TestFloor) -> None:
    channel = floor.declares()

    floor.ana.clicks(ids.STEP_ANSWER, channel=channel, value=step(floor, "reach"))
    floor.ana.fills("Who has it?", "Manila & <Cebu>")
    floor.ana.fills("Who knows more?", "chloe")
    assert floor.ana.submits().closed
    floor.settle()
    floor.passes(minutes=61)

    assert "Who has it?" not in floor.visible_text("executives")
    assert "Manila &amp; &lt;Cebu&gt;" in floor.live_markup(channel)


def test_another_playbook_is_started_by_hand(floor: TestFloor) -> None:
    channel = floor.declares()

    answer = floor.says("ana", "/incident playbook start wrong-bills", channel)

    assert answer == "The playbook “Wrong bills” is running; its message is in the channel."
    assert "Stop the billing run" in run(floor, channel, "Wrong bills")


def test_an_unknown_playbook_is_refused_with_a_list_of_the_known_ones(floor: TestFloor) -> None:
    channel = floor.declares()

    with untouched(floor):
        answer = floor.says("ana", "/incident playbook start <!channel>", channel)
        assert "There are: outage, wrong-bills." in answer


def test_nobody_works_on_the_steps_of_a_closed_incident(floor: TestFloor) -> None:
    channel = floor.declares()
    [message] = [m for m in floor.ana.sees(channel) if m.visible_text.startswith("📋")]
    buttons = list(message.blocks)
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close", channel)
    # As on a screen that has not been redrawn yet.
    message.blocks = buttons

    with untouched(floor):
        floor.devi.clicks(ids.STEP_DONE, channel=channel, ts=message.ts, value=step(floor, "call"))
    assert floor.ephemeral("devi", channel)[-1].startswith("Incident 1 is closed.")
