"""Tells the log once that the line to Slack is lost, and once that it is back."""

import logging

from bot.slack.socket_mode import Line

log = logging.getLogger(__name__)


class LineWatch:
    """Looks whether the line stands, and speaks when that has changed."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._was_connected = line.is_connected

    def look(self) -> None:
        """Say it if the line was lost, or came back, since the last look."""
        is_connected = self._line.is_connected
        if is_connected == self._was_connected:
            return
        self._was_connected = is_connected
        if is_connected:
            log.info("Slack reaches me again")
        else:
            log.warning("Slack does not reach me; I keep trying. `watchfloor doctor` finds out why")
