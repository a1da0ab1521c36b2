"""Bots in processes of their own, restarted whenever they end."""

import multiprocessing
import os
import signal
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import datetime
from errno import ECONNREFUSED
from http.client import HTTPResponse
from math import inf
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bot.runtime import clock, logs
from tests.crash.process import Moment, Rest, live

ANSWERS_WITHIN_S = 2
# The bot itself waits for half a minute, and checks its clock's work before and after.
RESTS_WITHIN_S = 90
STARTS_AGAIN_AFTER_S = 1.0
POST, LEAP_S = "/chat.postMessage", 10

_context = multiprocessing.get_context("forkserver")


def preload() -> None:
    """Load what each bot needs before the first fork. Not on import: a process has one such list of modules."""
    _context.set_forkserver_preload([__name__])


def live_with_log(settings: dict[str, Any], orders: Connection, log_file: str) -> None:
    """Run a bot whose log is a file."""
    stream = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(stream, sys.stderr.fileno())
    os.dup2(stream, sys.stdout.fileno())
    logs.configure("json")
    send_no_post_after_a_leap()
    live(settings, orders)


def send_no_post_after_a_leap() -> None:
    """Refuse the connection for a post when the clock was moved after the thread last looked at it.

    If time had passed second by second, the post would have been sent by then. Sent now it could be a second one:
    a lease of a minute is over at once, and another replica has looked for the post meanwhile and not found it.
    """
    last_look, machine_time, send = threading.local(), clock.machine_time, urllib.request.HTTPHandler.http_open

    def moved_s() -> float:
        return clock.monotonic_s() - clock.elapsed_s()

    def look() -> datetime:
        last_look.at_moved_s = moved_s()
        return machine_time()

    def http_open(handler: urllib.request.HTTPHandler, request: urllib.request.Request) -> HTTPResponse:
        is_post = request.full_url.endswith(POST)
        if is_post and moved_s() - getattr(last_look, "at_moved_s", inf) > LEAP_S:
            raise ConnectionRefusedError(ECONNREFUSED, "the clock was moved")
        return send(handler, request)

    clock.machine_time = look
    urllib.request.HTTPHandler.http_open = http_open  # type: ignore[method-assign, assignment]  # every call passes here


class Replica:
    """One place in which a bot runs; a killed bot is followed by another."""

    def __init__(self, name: str, settings: dict[str, Any], log_file: Path) -> None:
        self.name = name
        self.log_file = log_file
        self._settings = settings | {"replica": name}
        self._process: BaseProcess | None = None
        self._orders: Connection | None = None
        self._ended_at = 0.0
        self.began_at = 0.0
        self.is_ready = False
        self.is_stopped = False

    @property
    def is_alive(self) -> bool:
        """True if there is a process, ready or not."""
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> None:
        """Begin to start; `look` tells when the bot is ready."""
        self._orders, other_end = _context.Pipe()
        arguments = (self._settings, other_end, str(self.log_file))
        self._process = _context.Process(target=live_with_log, args=arguments, daemon=True)
        self._process.start()
        other_end.close()
        self.began_at = time.monotonic()
        self.is_ready = self.is_stopped = False

    def look(self) -> int | None:
        """Start the bot when it has been dead for a moment; return its exit code when it has just died."""
        if self._process is None:
            if time.monotonic() - self._ended_at >= STARTS_AGAIN_AFTER_S:
                self.start()
            return None
        if not self._process.is_alive():
            code = self._process.exitcode
            self._process, self.is_ready, self._ended_at = None, False, time.monotonic()
            return code
        if not self.is_ready and self._orders is not None:
            with suppress(EOFError, OSError):
                self.is_ready = self._orders.poll(0) and self._orders.recv() == "ready"
        return None

    def dies_at(self, moment: Moment | None, count: int) -> None:
        """Arm a kill at that call or commit from now, counted; without a moment, disarm it."""
        self._requested(("arm", moment, count), ANSWERS_WITHIN_S)

    def rests(self) -> bool:
        """True if the bot came to rest within its patience, and nothing in the outbox waits for a later moment."""
        rest: Rest | None = self._requested(("rest",), RESTS_WITHIN_S)
        if rest is None:
            return False
        is_at_rest, next_due, _ = rest
        return is_at_rest and next_due is None

    def _requested(self, order: tuple[Any, ...], within_s: float) -> Any:
        if self._orders is None or not self.is_ready:
            return None
        with suppress(EOFError, OSError):
            while self._orders.poll(0):
                self._orders.recv()  # the late answer to an earlier request
            self._orders.send(order)
            if self._orders.poll(within_s):
                return self._orders.recv()
        return None

    def is_sent(self, sign: signal.Signals) -> None:
        """Send a signal to the process if it is alive."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)
                if sign in (signal.SIGSTOP, signal.SIGCONT):
                    self.is_stopped = sign == signal.SIGSTOP

    def close(self) -> None:
        """End the process for good."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
