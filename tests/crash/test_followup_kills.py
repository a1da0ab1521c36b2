"""Killing the process anywhere between a follow-up and its last reminder tells nobody twice and forgets nobody."""

from contextlib import suppress

import pytest

from bot.followups import ids
from tests.crash import evidence
from tests.crash.kills import killed_at
from tests.crash.process import Moment
from tests.crash.rig import Rig

# Recorded but not shown; shown but not recorded.
KILLS: tuple[tuple[Moment, int], ...] = (("before", 0), ("after", 1), ("after", 2))
ADD = "/incident followup @ben mend the trunk"


def messages_of(rig: Rig, number: int) -> dict[str, int]:
    """The keys of messages about an incident's follow-ups, and how often each was sent."""
    starts = (f"followup:{number}:", f"followup_told:{number}:")
    return {key: times for key, times in evidence.keys(rig).items() if key.startswith(starts)}


def test_a_follow_up_killed_before_it_is_shown_is_recorded_and_told_once(rig: Rig) -> None:
    for channel in killed_at(rig, KILLS):
        rig.says(ADD, channel)

    for number in range(1, len(KILLS) + 1):
        assert list(messages_of(rig, number).values()) == [1, 1]
        evidence.once_each(rig, number, ("followup_added",))
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
def test_a_reminder_killed_before_it_is_sent_arrives_once(rig: Rig) -> None:
    for _ in killed_at(rig, KILLS, prepare=ADD):
        rig.passes(days=15)

    for number in range(1, len(KILLS) + 1):
        assert len(messages_of(rig, number)) >= 3, "its message, the direct message and a reminder"
    evidence.nothing_is_there_twice(rig)


@pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
def test_an_answer_killed_before_it_is_shown_counts_once(rig: Rig) -> None:
    for _ in killed_at(rig, KILLS, prepare=ADD):
        with suppress(TimeoutError):
            rig.sandbox.person("ben").clicks(ids.DONE, channel="dm")

    for number in range(1, len(KILLS) + 1):
        evidence.once_each(rig, number, ("followup_done",))
    evidence.nothing_is_there_twice(rig)
