"""Stories in the middle of which the bot is killed, at one place after another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

from tests.crash.process import Moment
from tests.crash.rig import BotProcess, Rig
from tests.crash.saved_states import SavedState


def nothing() -> None:
    """No step of a story."""


@dataclass(frozen=True)
class Story:
    """What happens before and after the kill.

    `prepare` happens once; each kill begins with what it left, and with what `ready` opens. Then comes the act, in
    whose consequences the bot is killed. Another bot is started and rests, once more after what happens `later`;
    then what came of it is checked.
    """

    rig: Rig
    moment: Moment
    prepare: Callable[[BotProcess], None]
    ready: Callable[[], None]
    act: Callable[[], None]
    later: Callable[[], None]
    check: Callable[[], None]

    def is_prepared(self) -> SavedState:
        """It begins so."""
        bot = self.rig.starts_a_bot()
        assert bot.rests()
        self.prepare(bot)
        assert bot.rests()
        bot.is_asked_to_end()
        return self.rig.saves()

    def begins(self, state: SavedState) -> BotProcess:
        """A bot that is about to be killed, as everything is prepared."""
        self.rig.restores(state)
        bot = self.rig.starts_a_bot()
        assert bot.rests()
        self.ready()
        return bot

    def is_survived(self, state: SavedState, calls: int) -> bool:
        """Tell it, kill the bot at this place, and let another finish; False when it came to the place."""
        bot = self.begins(state)
        bot.dies(self.moment, calls)
        self.act()
        has_survived = bot.rests() and bot.is_spared()
        self.is_finished_by(bot if has_survived else self.rig.starts_a_bot())
        return has_survived

    def kills_left(self, state: SavedState) -> list[SavedState]:
        """Tell it to its end once; gives back what a kill would have left at each place."""
        left: list[SavedState] = []
        bot = self.begins(state)
        bot.stops_at_each(self.moment, lambda: left.append(self.rig.sees_a_kill()))
        self.act()
        assert bot.rests()
        assert bot.is_spared()
        self.is_finished_by(bot)
        return left

    def is_finished(self, state: SavedState) -> None:
        """A bot finds this when it starts, and finishes it."""
        self.rig.restores(state)
        self.is_finished_by(self.rig.starts_a_bot())

    def is_finished_by(self, bot: BotProcess) -> None:
        """This bot finishes what was begun."""
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
    """Kill the bot at each place of what follows an act, start it again, and check what came of it.

    On PostgreSQL it is killed at a handful of places, each about twice as far as the one before: their order is the
    same on both. On SQLite it is killed once, midway, and otherwise stands still at each place, where everything
    that a kill would leave is copied (see `Rig.sees_a_kill`); afterwards a bot is started with each of those.
    Gives back after how many calls, or commits, the last place was.
    """
    story = Story(rig, moment, prepare, ready, act, later, check)
    prepared = story.is_prepared()
    if rig.database.is_sqlite:
        return _kill_at_each_place(story, prepared)
    for calls in chain([0] if moment == "before" else [], (2**number for number in count())):
        if story.is_survived(prepared, calls):
            return calls
    raise AssertionError


def _kill_at_each_place(story: Story, prepared: SavedState) -> int:
    left = story.kills_left(prepared)
    assert left, "there is no place to be killed at"
    midway = (len(left) - 1) // 2
    has_survived = story.is_survived(prepared, midway if story.moment == "before" else midway + 1)
    assert not has_survived, "it was killed midway"
    for before, state in zip([prepared, *left], left, strict=False):
        # A call that only asked, and a commit that changed nothing, leave what was there before.
        if state != before:
            story.is_finished(state)
    return len(left)


def killed_at(rig: Rig, kills: Sequence[tuple[Moment, int]], prepare: str = "") -> Iterator[str]:
    """For each of those moments the channel of a new incident; the bot will be killed at what is done next."""
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
