"""Keeps posts to one channel at Slack's rate: about one a second, with short bursts, in the order requested."""

import threading
from collections import deque

from bot.runtime import clock

# Slack: "1 per second per channel … short bursts allowed"; it does not say how short.
BURST = 5
# A little more than five seconds: a waiting caller returns up to half a second late, and the next on time.
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
        """How many seconds a post must wait; 0 if it is its turn. `key` distinguishes it from every other post."""
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
        """Return the turn of a post that was not accepted after all, so that it need not queue again."""
        with self._lock:
            self._reserved[key] = clock.monotonic_s() if now is None else now

    def _next(self, channel_id: str, now: float) -> float:
        turns = self._turns.setdefault(channel_id, deque(maxlen=BURST))
        turn = max(now, turns[0] + WINDOW_S) if len(turns) == BURST else now
        turns.append(max(turn, turns[-1]) if turns else turn)
        return turns[-1]

    def _forget(self, now: float) -> None:
        """Drop turns that were never taken, and channels without posts for a long time."""
        if len(self._reserved) > MAX_REMEMBERED:
            self._reserved = {key: turn for key, turn in self._reserved.items() if now - turn < FORGET_AFTER_S}
        if len(self._turns) > MAX_REMEMBERED:
            self._turns = {name: turns for name, turns in self._turns.items() if now - turns[-1] < FORGET_AFTER_S}
