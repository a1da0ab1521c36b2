"""Rate tiers: how many calls of a method Slack accepts in a minute."""

import math
from collections import deque
from collections.abc import Callable

WINDOW_S = 60.0
# Slack's promise for each tier: "N+ per minute".
PER_MINUTE = {"1": 1, "2": 20, "3": 50, "4": 100, "special": 600}
POSTS_PER_CHANNEL_S = 1.0
_BURST = 5


class RateLimits:
    """Sliding windows on the workspace's clock, one per method, and one for posts to each channel."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._calls: dict[str, deque[float]] = {}

    def retry_after_s(self, method: str, tier: str, channel: str = "") -> int:
        """Seconds to wait, or 0 if this call is within the limits (and is now counted)."""
        wait_s = self._take(method, PER_MINUTE.get(tier, PER_MINUTE["special"]), WINDOW_S)
        if not wait_s and method == "chat.postMessage" and channel:
            # One message per second and channel, with short bursts allowed.
            wait_s = self._take(f"{method} {channel}", _BURST, _BURST * POSTS_PER_CHANNEL_S)
        return wait_s

    def _take(self, key: str, limit: int, window_s: float) -> int:
        now = self._now()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - window_s:
            calls.popleft()
        if len(calls) >= limit:
            return max(1, math.ceil(calls[0] + window_s - now))
        calls.append(now)
        return 0
