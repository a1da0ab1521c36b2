"""The life of the process: start, wait for a stop request, finish what is in flight."""

import ctypes
import gc
import logging
import os
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from types import FrameType

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.playbooks.reloading_library import ReloadingLibrary
from bot.runtime import garbage_collection
from bot.slack.errors import SlackRefused

log = logging.getLogger(__name__)

# A deploy waits ten seconds; the sandbox beside the bot needs the last of them.
STOP_TIMEOUT_S = 8.5
CHECK_EVERY_S = 1.0
PIPE_SIZE = 4096
# M_ARENA_MAX of malloc.h.
M_ARENA_MAX = -8


class TokenRefused(WatchfloorError):
    """Slack refuses SLACK_BOT_TOKEN: {error}. `watchfloor doctor` says where it is found."""


class ShutdownSignals:
    """Handles SIGINT and SIGTERM: the first signal lets the process finish its work, the second ends it at once."""

    def __init__(self) -> None:
        self._is_requested = False
        # Every signal is also written into this pipe, which ends the wait even if the signal comes just before it.
        # An Event has a lock, which may be held by the very thread that a handler interrupts.
        self._wake_fd, write_fd = os.pipe()
        os.set_blocking(write_fd, False)
        signal.set_wakeup_fd(write_fd)
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, self._on_received)

    def _on_received(self, number: int, frame: FrameType | None) -> None:
        if self._is_requested:
            os._exit(128 + number)
        self._is_requested = True

    def wait_for_request(self, can_go_on: Callable[[], bool]) -> None:
        """Wait for a stop request, or until `can_go_on` returns False."""
        while can_go_on() and not self._is_requested:
            if select.select([self._wake_fd], [], [], CHECK_EVERY_S)[0]:
                os.read(self._wake_fd, PIPE_SIZE)


def run(settings: Settings, when_ready: Callable[[Bot], None], can_go_on: Callable[[], bool]) -> None:
    """Run the bot until it is asked to stop, or `can_go_on` returns False."""
    shutdown = ShutdownSignals()
    _limit_malloc_arenas()
    bot = bootstrap.build(settings)
    playbook_library = bot.services.get(ReloadingLibrary).library
    for problem in playbook_library.problems:
        log.warning("a playbook is left out: %s", problem)
    for note in playbook_library.notes:
        log.warning("a playbook may be wrong: %s", note)
    try:
        _check_token(bot)
        bot.start()
        when_ready(bot)
        garbage_collection.freeze_live_objects()
        gc.enable()
        shutdown.wait_for_request(can_go_on)
    finally:
        finish(bot.stop)


def _check_token(bot: Bot) -> None:
    """Report an invalid token in a sentence, rather than by every later call that fails."""
    with suppress(TryLater):
        try:
            bot.services.slack.team_id()
        except SlackRefused as refused:
            raise TokenRefused(error=refused.error) from refused


def _limit_malloc_arenas() -> None:
    """Limit malloc to two arenas: as only one thread runs at a time, an arena per thread would waste memory."""
    with suppress(OSError, AttributeError):  # a C library other than GNU's has no such setting
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def finish(stop: Callable[[], None], within_s: float = STOP_TIMEOUT_S) -> None:
    """Finish what is in flight. Work that cannot be finished in time is finished after the next start."""
    log.info("finishing work in progress")
    # Never cancelled: after `stop`, Python waits without limit for threads that, say, wait for Slack's answer.
    limit = Timer(within_s, _leave_the_rest)
    limit.daemon = True
    limit.start()
    stop()


def _leave_the_rest() -> None:
    log.warning("not everything was finished in time; the rest is finished after the next start")
    os._exit(0)
