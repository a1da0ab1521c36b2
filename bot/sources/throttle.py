"""A rate limit shared by several sources of one account: when one is told to wait, all of them wait."""

from datetime import datetime
from functools import cache

from bot.errors import TryLater


class Throttle:
    """Closed until a time; an earlier caller is refused at once, so that no thread waits."""

    def __init__(self) -> None:
        self._closed_until: datetime | None = None

    def close(self, until: datetime) -> None:
        """Refuse requests of this account until then."""
        self._closed_until = max(until, self._closed_until or until)

    def check(self, now: datetime) -> None:
        """Raises `TryLater` while it is closed."""
        if self._closed_until and now < self._closed_until:
            wait_s = (self._closed_until - now).total_seconds()
            raise TryLater("another source of this account was told to wait", wait_s=wait_s)


@cache
def throttle_of(account: str) -> Throttle:
    """Return the account's throttle in this process."""
    return Throttle()
