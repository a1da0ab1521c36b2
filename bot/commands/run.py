"""The life of the process: start, wait to be asked to end, finish what is in flight."""

import ctypes
import gc
import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import FrameType

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.errors import TryLater
from bot.playbooks.reloading import Shelf

log = logging.getLogger(__name__)

# A deploy waits ten seconds; the workspace beside the bot needs the last of them.
STOPS_WITHIN_S = 8.5
LOOKS_EVERY_S = 1.0
# M_ARENA_MAX of malloc.h.
MALLOC_STORES = -8


class Ending:
    """Hears SIGINT and SIGTERM: asked once the process finishes its work, asked twice it ends at once."""

    def __init__(self) -> None:
        self._asked = Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._asked.is_set():
            os._exit(128 + number)
        self._asked.set()

    def wait_while(self, is_fine: Callable[[], bool]) -> None:
        """Wait to be asked to end, or until something is not fine any more."""
        while is_fine() and not self._asked.wait(LOOKS_EVERY_S):
            pass


def run(settings: Settings, when_ready: Callable[[Bot], None], is_fine: Callable[[], bool]) -> None:
    """Run the bot until it is asked to end, or `is_fine` says that it cannot go on."""
    ending = Ending()
    _share_memory_among_threads()
    bot = bootstrap.build(settings)
    for problem in bot.services.get(Shelf).library.problems:
        log.warning("a playbook is left out: %s", problem)
    try:
        # A token that opens nothing is said here, in a sentence, rather than by every call that fails later.
        with suppress(TryLater):
            bot.services.slack.team_id()
        bot.start()
        when_ready(bot)
        _leave_alone_what_stays()
        ending.wait_while(is_fine)
    finally:
        stop(bot)


def _share_memory_among_threads() -> None:
    """Two stores of memory for all threads: of many, of which only one runs at a time, each would keep its own."""
    with suppress(OSError, AttributeError):  # another C library than GNU's knows no such setting
        ctypes.CDLL(None).mallopt(MALLOC_STORES, 2)


def _leave_alone_what_stays() -> None:
    """What was loaded by now is never garbage: looking through it again and again would hold up every thread."""
    gc.collect()
    gc.freeze()
    gc.enable()


def stop(bot: Bot) -> None:
    """Finish what is in flight. What cannot be finished in time is finished after the next start."""
    log.info("finishing what is in flight")
    stopping = Thread(target=bot.stop, daemon=True)
    stopping.start()
    stopping.join(STOPS_WITHIN_S)
    if stopping.is_alive():
        log.warning("not everything was finished in time; the rest is finished after the next start")
        os._exit(0)
