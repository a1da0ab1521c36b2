"""Killing the process anywhere between a follow-up and its last reminder tells nobody twice, and forgets nobody."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.followups import ids
from tests.crash import evidence
from tests.crash.desk import BotProcess, Desk
from tests.crash.process import Moment

# Written down but not shown; shown but not written down.
KILLS: tuple[tuple[Moment, int], ...] = (("before", 0), ("after", 1), ("after", 2))
DAY_S = 24 * 60 * 60


def killed_after(desk: Desk, prepare: str) -> Iterator[tuple[int, BotProcess, str]]:
    """Again and again: an incident of its own, and a bot that will be killed at what is done next."""
    for number, (moment, calls) in enumerate(KILLS, start=1):
        bot = desk.starts_a_bot()
        desk.says(f"/incident declare S4 phones {number} are dead")
        assert bot.rests()
        (channel,) = evidence.channels_of(desk, number)
        if prepare:
            desk.says(prepare, channel.name)
            assert bot.rests()
        bot.dies(moment, calls)
        yield number, bot, channel.name
        assert not bot.rests(), "it was killed"
    assert desk.starts_a_bot().rests()


def messages_of(desk: Desk, number: int) -> dict[str, int]:
    """The messages about an incident's follow-ups by their keys, and how often each was sent."""
    starts = (f"followup:{number}:", f"followup_told:{number}:")
    return {key: times for key, times in evidence.keys(desk).items() if key.startswith(starts)}


def test_one_that_is_killed_before_it_is_shown_is_written_down_and_told_once(desk: Desk) -> None:
    for _, _, channel in killed_after(desk, ""):
        desk.says("/incident followup @ben mend the trunk", channel)

    for number in range(1, len(KILLS) + 1):
        assert list(messages_of(desk, number).values()) == [1, 1]
        evidence.once_each(desk, number, ("followup_added",))
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_a_reminder_that_is_killed_before_it_is_sent_arrives_once(desk: Desk) -> None:
    for _ in killed_after(desk, "/incident followup @ben mend the trunk"):
        desk.sandbox.clock_offset_s += 15 * DAY_S

    for number in range(1, len(KILLS) + 1):
        assert len(messages_of(desk, number)) >= 3, "its message, the news of it, and a reminder"
    evidence.nothing_is_there_twice(desk)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_an_answer_that_is_killed_before_it_is_shown_counts_once(desk: Desk) -> None:
    for _ in killed_after(desk, "/incident followup @ben mend the trunk"):
        with suppress(TimeoutError):
            desk.sandbox.person("ben").clicks(ids.DONE, channel="dm")

    for number in range(1, len(KILLS) + 1):
        evidence.once_each(desk, number, ("followup_done",))
    evidence.nothing_is_there_twice(desk)
