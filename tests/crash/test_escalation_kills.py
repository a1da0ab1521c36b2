"""Killing the process anywhere between a tier's turn and the answer tells nobody twice, and forgets nobody."""

from bot.escalation import ids
from tests.crash import evidence
from tests.crash.conftest import EACH_MOMENT
from tests.crash.desk import BotProcess, Desk
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment

TIER_1_MIN = 6


def page_keys(desk: Desk, number: int) -> list[int]:
    """How often each page of an incident was sent."""
    return [times for key, times in evidence.keys(desk).items() if key.startswith(f"page:{number}:")]


@EACH_MOMENT
def test_a_tiers_turn_that_is_killed_at_any_call_tells_each_person_once(desk: Desk, moment: Moment) -> None:
    def declared(bot: BotProcess) -> None:
        desk.declares(bot, "S1 line 1 is down")

    def is_told() -> None:
        assert page_keys(desk, 1) == [1]
        evidence.once_each(desk, 1, ("paged",))
        evidence.nothing_is_there_twice(desk)

    calls = kill_everywhere(
        desk, moment, prepare=declared, act=lambda: desk.passes(minutes=TIER_1_MIN), check=is_told
    )

    # Two questions, then two messages side by side, which may be one place.
    assert calls >= 3, "a tier's turn has at least three places to be killed at"


def test_an_answer_finds_its_page_after_the_bot_was_killed_between_them(desk: Desk) -> None:
    bot = desk.starts_a_bot()
    desk.declares(bot, "S1 line 1 is down")
    desk.passes(minutes=TIER_1_MIN)
    assert bot.rests()
    bot.is_killed()

    bot = desk.starts_a_bot()
    desk.sandbox.person("devi").clicks(ids.ON_MY_WAY, channel="dm")
    assert bot.rests()
    desk.passes(minutes=3 * TIER_1_MIN)
    assert bot.rests()

    assert page_keys(desk, 1) == [1]
    evidence.once_each(desk, 1, ("paged", "on_my_way"))
    evidence.nothing_is_there_twice(desk)
