"""Posts to one channel keep Slack's pace: about one a second, short bursts let through, in the order they asked."""

import threading
from collections import deque

from bot.runtime import clock

# Slack: "1 per second per channel … short bursts allowed"; how short it does not say.
BURST = 5
# A little more than five seconds: a caller that waits comes back up to half a second late, and the next in time.
WINDOW_S = 5.6
FORGET_AFTER_S = 600.0
MAX_REMEMBERED = 5_000


class RateLimiter:
    """Gives every post its turn in its channel. A caller that must wait keeps the turn until it comes back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, deque[float]] = {}
        self._reserved: dict[str, float] = {}

    def wait_s(self, channel_id: str, key: str, now: float | None = None) -> float:
        """How many seconds a post must wait; 0 when it is its turn. `key` tells it from every other post."""
        now = clock.monotonic_s() if now is None else now
        with self._lock:
            turn = self._reserved.pop(key, None)
            if turn is None or now - turn > FORGET_AFTER_S:
                turn = self._next(channel_id, now)
            if turn <= now:
                return 0.0
            self._reserved[key] = turn
            self._forget(now)
            return turn - now

    def return_turn(self, key: str, now: float | None = None) -> None:
        """A post that had its turn and was not taken after all: it need not stand in line again."""
        with self._lock:
            self._reserved[key] = clock.monotonic_s() if now is None else now

    def _next(self, channel_id: str, now: float) -> float:
        turns = self._turns.setdefault(channel_id, deque(maxlen=BURST))
        turn = max(now, turns[0] + WINDOW_S) if len(turns) == BURST else now
        turns.append(max(turn, turns[-1]) if turns else turn)
        return turns[-1]

    def _forget(self, now: float) -> None:
        """What never came back for its turn, and channels in which nothing was said for long."""
        if len(self._reserved) > MAX_REMEMBERED:
            self._reserved = {key: turn for key, turn in self._reserved.items() if now - turn < FORGET_AFTER_S}
        if len(self._turns) > MAX_REMEMBERED:
            self._turns = {name: turns for name, turns in self._turns.items() if now - turns[-1] < FORGET_AFTER_S}
