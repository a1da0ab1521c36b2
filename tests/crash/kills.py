"""Stories during which the bot is killed at one place after another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

from tests.crash.bot_process import BotProcess
from tests.crash.process import Moment
from tests.crash.rig import Rig
from tests.crash.saved_states import SavedState


def nothing() -> None:
    """A story step that does nothing."""


@dataclass(frozen=True)
class Story:
    """The steps before and after the kill.

    `prepare` runs once; each kill starts from the state that it left, after `ready`. Then comes the act, during
    whose consequences the bot is killed. Another bot is started and comes to rest, and again after `later`; then
    the result is checked.
    """

    rig: Rig
    moment: Moment
    prepare: Callable[[BotProcess], None]
    ready: Callable[[], None]
    act: Callable[[], None]
    later: Callable[[], None]
    check: Callable[[], None]

    def is_prepared(self) -> SavedState:
        """Run `prepare` and return the state it leaves."""
        bot = self.rig.starts_a_bot()
        assert bot.rests()
        self.prepare(bot)
        assert bot.rests()
        bot.is_asked_to_end()
        return self.rig.saves()

    def begins(self, state: SavedState) -> BotProcess:
        """Restore the prepared state and return a bot that is about to be killed."""
        self.rig.restores(state)
        bot = self.rig.starts_a_bot()
        assert bot.rests()
        self.ready()
        return bot

    def is_survived(self, state: SavedState, calls: int) -> bool:
        """Run the story, kill the bot at this place and let another finish; True if it never got to this place."""
        bot = self.begins(state)
        bot.dies(self.moment, calls)
        self.act()
        has_survived = bot.rests() and bot.is_spared()
        self.is_finished_by(bot if has_survived else self.rig.starts_a_bot())
        return has_survived

    def kills_left(self, state: SavedState) -> list[SavedState]:
        """Run the story to its end once; return the state that a kill would have left at each place."""
        states: list[SavedState] = []
        bot = self.begins(state)
        bot.stops_at_each(self.moment, lambda: states.append(self.rig.sees_a_kill()))
        self.act()
        assert bot.rests()
        assert bot.is_spared()
        self.is_finished_by(bot)
        return states

    def is_finished(self, state: SavedState) -> None:
        """Start a bot on this state and let it finish."""
        self.rig.restores(state)
        self.is_finished_by(self.rig.starts_a_bot())

    def is_finished_by(self, bot: BotProcess) -> None:
        """Let this bot finish the work, and check the result."""
        assert bot.rests()
        if self.later is not nothing:
            self.later()
            assert bot.rests()
        self.check()


def kill_everywhere(
    rig: Rig,
    moment: Moment,
    *,
    prepare: Callable[[BotProcess], None] = lambda bot: None,
    ready: Callable[[], None] = nothing,
    act: Callable[[], None],
    later: Callable[[], None] = nothing,
    check: Callable[[], None],
) -> int:
    """Kill the bot at each place in the consequences of an act, start it again, and check the result.

    On PostgreSQL it is killed at a handful of places, each about three times as far as the one before: their order
    is the same on both. On SQLite it is killed once, midway, and otherwise stops at each place, where everything
    that a kill would leave is copied (see `Rig.sees_a_kill`); afterwards a bot is started on each copy.
    Return after how many calls, or commits, the last place was.
    """
    story = Story(rig, moment, prepare, ready, act, later, check)
    prepared = story.is_prepared()
    if rig.database.is_sqlite:
        return _kill_at_each_place(story, prepared)
    for calls in chain([0] if moment == "before" else [], (3**number for number in count())):
        if story.is_survived(prepared, calls):
            return calls
    raise AssertionError


def _kill_at_each_place(story: Story, prepared: SavedState) -> int:
    states = story.kills_left(prepared)
    assert states, "there is no place to kill the bot at"
    midway = (len(states) - 1) // 2
    has_survived = story.is_survived(prepared, midway if story.moment == "before" else midway + 1)
    assert not has_survived, "it was killed midway"
    for previous, state in zip([prepared, *states], states, strict=False):
        # A call that only reads, and a commit that changes nothing, leave the state as it was.
        if state != previous:
            story.is_finished(state)
    return len(states)


def killed_at(rig: Rig, kills: Sequence[tuple[Moment, int]], prepare: str = "") -> Iterator[str]:
    """Yield the channel of a new incident for each moment; the bot will be killed during the next action."""
    for number, (moment, calls) in enumerate(kills, start=1):
        bot = rig.starts_a_bot()
        channel = rig.declares(bot, f"S4 phones down {number}").name
        if prepare:
            rig.says(prepare, channel)
            assert bot.rests()
        bot.dies(moment, calls)
        yield channel
        assert not bot.rests(), "it was killed"
    assert rig.starts_a_bot().rests()
