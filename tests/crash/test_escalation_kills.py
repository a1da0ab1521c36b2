"""Killing the process anywhere between a tier's turn and the answer tells nobody twice and forgets nobody."""

from bot.escalation import ids
from tests.crash import evidence
from tests.crash.bot_process import BotProcess
from tests.crash.conftest import DATABASE_AND_MOMENT
from tests.crash.kills import kill_everywhere
from tests.crash.process import Moment
from tests.crash.rig import Rig

TIER_1_MIN = 6


def page_keys(rig: Rig, number: int) -> list[int]:
    """The number of times each page of an incident was sent."""
    return [times for key, times in evidence.keys(rig).items() if key.startswith(f"page:{number}:")]


@DATABASE_AND_MOMENT
def test_a_tiers_turn_killed_at_any_call_tells_each_person_once(rig: Rig, moment: Moment) -> None:
    def declared(bot: BotProcess) -> None:
        rig.declares(bot, "S1 line 1 is down")

    def is_told() -> None:
        assert page_keys(rig, 1) == [1]
        evidence.once_each(rig, 1, ("paged",))
        evidence.nothing_is_there_twice(rig)

    calls = kill_everywhere(
        rig, moment, prepare=declared, act=lambda: rig.passes(minutes=TIER_1_MIN), check=is_told
    )

    # Two lookups, then two messages in parallel, which may count as one place.
    assert calls >= 3, "a tier's turn has at least three places to kill the bot at"


def test_an_answer_finds_its_page_after_a_kill_between_them(rig: Rig) -> None:
    bot = rig.starts_a_bot()
    rig.declares(bot, "S1 line 1 is down")
    rig.passes(minutes=TIER_1_MIN)
    assert bot.rests()
    bot.is_killed()

    bot = rig.starts_a_bot()
    rig.sandbox.person("devi").clicks(ids.ON_MY_WAY, channel="dm")
    assert bot.rests()
    rig.passes(minutes=3 * TIER_1_MIN)
    assert bot.rests()

    # The tier's page, and the question whether the person on the way takes command.
    assert page_keys(rig, 1) == [1, 1]
    evidence.once_each(rig, 1, ("on_my_way",))
    evidence.nothing_is_there_twice(rig)
