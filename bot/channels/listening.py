"""Whether everything that is said is heard now, and for how long that has not been sure."""

from datetime import timedelta
from typing import Protocol

from bot.runtime.heartbeat import Heartbeat


class Line(Protocol):
    """What Slack sends events by."""

    @property
    def is_connected(self) -> bool:
        """Would an event reach us now?"""


class Listening:
    """Confirmed again and again, as long as Slack reaches the bot and the database keeps what it says."""

    def __init__(self) -> None:
        self._line: Line | None = None
        self._confirmed = Heartbeat()
        # Is it written down since when nobody listened before this process did?
        self.has_begun = False

    def use(self, line: Line) -> None:
        """Slack sends its events by this line; without one, it comes to the bot by itself."""
        self._line = line

    @property
    def is_hearing(self) -> bool:
        """Would an event reach the bot now?"""
        return self._line is None or self._line.is_connected

    @property
    def unsure_s(self) -> float:
        """For how many seconds it has not been sure, whoever moves the clock."""
        return self._confirmed.age_s

    def is_sure(self, allowed_silence: timedelta) -> bool:
        """Was everything heard until now, but for what Slack says again?"""
        return self.has_begun and self.is_hearing and self.unsure_s <= allowed_silence.total_seconds()

    def begin(self) -> None:
        """What was missed before this process listened is written down."""
        self.has_begun = True

    def confirm(self, until: float) -> None:
        """Everything until that moment of `clock.elapsed_s` was heard, or Slack says it again."""
        self._confirmed.beat(until)
