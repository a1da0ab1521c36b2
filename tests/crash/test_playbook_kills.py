"""Clicks and reminders of a playbook survive a kill: each counts once and is shown once."""

from contextlib import suppress

import pytest

from tests.crash import evidence
from tests.crash.kills import killed_at
from tests.crash.process import Moment
from tests.crash.rig import Rig

# Recorded but not shown; shown but not recorded.
KILLS: tuple[tuple[Moment, int], ...] = (("before", 0), ("after", 1))


def playbook_message(rig: Rig, number: int) -> str:
    """The text of an incident's playbook message."""
    (message,) = [m for m in rig.channel_of(number).messages.values() if m.visible_text.startswith("📋")]
    return message.visible_text


def test_a_click_killed_before_it_is_shown_counts_once_and_is_shown_later(rig: Rig) -> None:
    for channel in killed_at(rig, KILLS):
        with suppress(TimeoutError):
            rig.sandbox.person("ana").clicks("step.done", channel=channel)

    for number in range(1, len(KILLS) + 1):
        assert "✅ Call the carrier" in playbook_message(rig, number)
        evidence.once_each(rig, number, ("step_done",))
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
def test_a_reminder_killed_before_it_is_sent_arrives_once(rig: Rig) -> None:
    for _ in killed_at(rig, KILLS):
        rig.passes(minutes=11)

    reminded_incidents = [key.split(":")[1] for key in evidence.keys(rig) if key.startswith("remind:")]
    assert len(set(reminded_incidents)) == len(KILLS), "each incident's two late steps are one reminder at a time"
    for number in range(1, len(KILLS) + 1):
        assert "late" in playbook_message(rig, number)
    evidence.nothing_is_there_twice(rig)
