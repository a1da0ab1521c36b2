"""A limit of requests that several sources of one account share: when one is told to wait, all of them wait."""

from datetime import datetime
from functools import cache

from bot.errors import TryLater


class Throttle:
    """Closed until a moment; a caller that comes earlier is sent away at once, so that no thread waits."""

    def __init__(self) -> None:
        self._closed_until: datetime | None = None

    def close(self, until: datetime) -> None:
        """Nobody of this account asks before that."""
        self._closed_until = max(until, self._closed_until or until)

    def check(self, now: datetime) -> None:
        """Raises `TryLater` while it is closed."""
        if self._closed_until and now < self._closed_until:
            wait_s = (self._closed_until - now).total_seconds()
            raise TryLater("another source of this account was told to wait", wait_s=wait_s)


@cache
def throttle_of(account: str) -> Throttle:
    """The one of an account, in this process."""
    return Throttle()
