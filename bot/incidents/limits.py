"""Rate limits per minute for a person and for the whole workspace, so that everyone stays served."""

import threading
from collections import Counter, deque
from datetime import datetime, timedelta

from bot.config.floor import Limits
from bot.errors import WatchfloorError

WINDOW = timedelta(minutes=1)
# If this many of a person's declarations wait for their channel, further ones queue behind those of colleagues.
WAITING_AT_ONCE = 3
# Clicks within a minute that are accepted from a person even when the workspace's limit is reached.
FEW_CLICKS = 10


class TooManyDeclarations(WatchfloorError):
    """You have declared {count} incidents within a minute, and no more are opened for now. If they are about one
    outage, go on in one of them; otherwise please try again in a minute."""


class TooManyInWorkspace(WatchfloorError):
    """{count} incidents were declared here within a minute, and your first was among them. Please try again in a
    minute, or go on in one that is open: `/incident list` shows them."""


class TooManyCommands(WatchfloorError):
    """You have typed {count} commands within a minute, which is the most that one person may. Please wait a
    minute."""


class TooManyClicks(WatchfloorError):
    """You have pressed buttons and sent forms {count} times within a minute, which is the most that one person may.
    Nothing was done; please wait a minute."""


class TooManyClicksHere(WatchfloorError):
    """{count} buttons were pressed here within a minute, and many of them by you. Nothing was done; please try
    again in a minute."""


class Recent:
    """Requests of the last minute, by key, so that Slack's retries count once.

    Counts are kept incrementally: under load, no request waits for a scan of a whole minute.
    """

    def __init__(self) -> None:
        self._requests: deque[tuple[datetime, str, str]] = deque()
        self._keys: set[str] = set()
        self._by_person: Counter[str] = Counter()

    def count(self, now: datetime, user_id: str | None = None) -> int:
        """The number of requests, of everyone or of one person."""
        while self._requests and not now - WINDOW < self._requests[0][0] <= now + WINDOW:
            _, by, key = self._requests.popleft()
            self._keys.discard(key)
            self._by_person[by] -= 1
            if not self._by_person[by]:
                del self._by_person[by]
        return len(self._requests) if user_id is None else self._by_person[user_id]

    def add(self, now: datetime, user_id: str, key: str) -> None:
        """Count a request, unless its key is known."""
        if key not in self._keys:
            self._keys.add(key)
            self._by_person[user_id] += 1
            self._requests.append((now, user_id, key))


class PersonLimits:
    """The limits, counted in this process only: each replica counts for itself."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._declarations, self._commands, self._clicks = Recent(), Recent(), Recent()
        self._told_at_by_user: dict[str, datetime] = {}

    def check_declaration(self, user_id: str, key: str, now: datetime) -> None:
        """Refuse declarations beyond the limit of a person or the workspace, but never a person's first."""
        with self._lock:
            own_count, total_count = self._declarations.count(now, user_id), self._declarations.count(now)
            if own_count >= self._limits.declarations_per_person:
                raise TooManyDeclarations(count=own_count)
            if own_count and total_count >= self._limits.declarations:
                raise TooManyInWorkspace(count=total_count)
            self._declarations.add(now, user_id, key)

    def check_command(self, user_id: str, key: str, now: datetime) -> None:
        """Refuse commands beyond the limit of a person."""
        with self._lock:
            own_count = self._commands.count(now, user_id)
            if own_count >= self._limits.commands_per_person:
                raise TooManyCommands(count=own_count)
            self._commands.add(now, user_id, key)

    def check_click(self, user_id: str, key: str, now: datetime) -> None:
        """Refuse clicks and forms beyond the limit of a person or the workspace. A few are always accepted."""
        with self._lock:
            own_count = self._clicks.count(now, user_id)
            if own_count >= self._limits.clicks_per_person:
                raise TooManyClicks(count=own_count)
            if own_count >= FEW_CLICKS and (total_count := self._clicks.count(now)) >= self._limits.clicks:
                raise TooManyClicksHere(count=total_count)
            self._clicks.add(now, user_id, key)

    def is_news(self, user_id: str, now: datetime) -> bool:
        """True if this person was not told within the last minute; in a flood, one sentence is enough."""
        with self._lock:
            told_at = self._told_at_by_user.get(user_id)
            if told_at is not None and told_at - WINDOW < now < told_at + WINDOW:
                return False
            self._told_at_by_user = {
                person_id: last_told_at
                for person_id, last_told_at in self._told_at_by_user.items()
                if now < last_told_at + WINDOW
            }
            self._told_at_by_user[user_id] = now
            return True
