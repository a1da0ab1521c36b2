"""Flows that a killed bot left behind, and those that come back later, continue at once.

The engine looks for them once a second, which would be most of the time of a story that is killed at thirty places.
"""

from dbos._queue import Queue

from bot.runtime.workflows import Flows

LOOKS_EVERY_S = 0.1

Queue.__init__.__kwdefaults__["polling_interval_sec"] = LOOKS_EVERY_S
Flows.__init__.__kwdefaults__["retry_poll_s"] = LOOKS_EVERY_S
