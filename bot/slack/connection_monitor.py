"""Logs once that the connection to Slack is lost, and once that it is back."""

import logging
from typing import Protocol

log = logging.getLogger(__name__)


class Connection(Protocol):
    """The connection through which Slack's requests come."""

    trouble: str

    @property
    def is_connected(self) -> bool:
        """True if Slack would reach us now."""


class ConnectionWatch:
    """Checks whether the connection is up, and logs when that has changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # A connection that never came up counts as lost, too.
        self._was_connected = True

    def check(self) -> None:
        """Log if the connection was lost, or came back, since the last check."""
        is_connected = self._connection.is_connected
        if is_connected == self._was_connected:
            return
        self._was_connected = is_connected
        if is_connected:
            log.info("Slack reaches me again")
        else:
            reason = self._connection.trouble
            log.warning(
                "Slack does not reach me; I keep trying. `watchfloor doctor` finds out why",
                extra={"reason": reason},
            )
