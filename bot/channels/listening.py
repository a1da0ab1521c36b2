"""Whether the bot hears every message now, and for how long that has been unsure."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from bot.runtime.clock import elapsed_s


class SlackConnection(Protocol):
    """The connection over which Slack sends events."""

    @property
    def is_connected(self) -> bool:
        """True if an event would reach us now."""


class Listening:
    """Reconfirmed as long as Slack reaches the bot and the database stores what it sends."""

    def __init__(self, now_s: Callable[[], float] = elapsed_s) -> None:
        # Real time, unaffected by changes of the clock.
        self.now_s = now_s
        self._connection: SlackConnection | None = None
        self._sure_until_s = now_s()
        # True once the time before this process listened is recorded.
        self.has_begun = False

    def set_connection(self, connection: SlackConnection) -> None:
        """Set the connection over which Slack sends its events; without one, the bot counts as hearing."""
        self._connection = connection

    @property
    def is_hearing(self) -> bool:
        """True if an event would reach the bot now."""
        return self._connection is None or self._connection.is_connected

    @property
    def unsure_s(self) -> float:
        """The seconds for which it has been unsure."""
        return self.now_s() - self._sure_until_s

    def is_sure(self, allowed_silence: timedelta) -> bool:
        """True if everything until now was heard, except what Slack will resend."""
        return self.has_begun and self.is_hearing and self.unsure_s <= allowed_silence.total_seconds()

    def begin(self) -> None:
        """Note that what was missed before this process listened is recorded."""
        self.has_begun = True

    def confirm(self, until_s: float) -> None:
        """Note that everything until that moment of `now_s` was heard or will be resent by Slack."""
        self._sure_until_s = until_s
