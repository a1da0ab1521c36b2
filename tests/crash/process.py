"""The bot in its own process, which dies without warning at a chosen call to Slack, or stops at each."""

import faulthandler
import os
import signal
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http.client import HTTPResponse
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import bootstrap, outbox
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.incidents.ticks import read_due_times, run_ticks
from bot.outbox.tables import UNSETTLED, OutboxRow
from bot.outbox.take_over import take_over
from bot.runtime.clock import utcnow
from bot.runtime.database import UtcDateTime
from bot.runtime.waiting import wait_until
from bot.web import health

Moment = Literal["after", "before", "commit", "before commit"]
PATIENCE_S = 30
# While a thread is at work, a check does not query the database.
LOOKS_EVERY_S = 0.02
HEARS_SIGNALS_WITHIN_S = 1
# Whether it came to rest, when the next outbox row is due, and the current time.
Rest = tuple[bool, datetime | None, datetime]


@dataclass
class ProcessKiller:
    """Kills this process when a response has arrived and has not been recorded, before the next call, or
    right after a commit; or stops it at each of these places until it is told to continue."""

    # Reports each stop.
    stops: Connection | None = None
    moment: Moment | None = None
    calls_left: int = 0
    is_stopping: bool = False
    _lock: Lock = field(default_factory=Lock)

    def arm(self, moment: Moment | None, calls: int) -> None:
        """Die after the response to that many calls, before the call after them, or after that many commits.

        Of calls made side by side, the one that begins last comes after the others, whose responses may be missing.
        """
        with self._lock:
            self.moment, self.calls_left, self.is_stopping = moment, calls, False

    def stop_at_each(self, moment: Moment) -> None:
        """Stop, like a machine that sleeps, at every place where this process could be killed at that moment."""
        with self._lock:
            self.moment, self.calls_left, self.is_stopping = moment, 0, True

    def watch_calls(self) -> None:
        """Intercept every call of this process, however it is opened."""
        send = urllib.request.HTTPHandler.http_open

        def http_open(handler: urllib.request.HTTPHandler, request: urllib.request.Request) -> HTTPResponse:
            self._before_call()
            response = send(handler, request)
            self._after_call()
            return response

        urllib.request.HTTPHandler.http_open = http_open  # type: ignore[method-assign, assignment]  # every call passes here

    def _before_call(self) -> None:
        with self._lock:
            if self.moment == "before":
                self._die_if(self.calls_left <= 0)
                self.calls_left -= 1

    def _after_call(self) -> None:
        """A response has arrived that the bot has not seen yet."""
        with self._lock:
            if self.moment == "after":
                self.calls_left -= 1
                self._die_if(self.calls_left == 0)

    def before_commit(self, session: Session) -> None:
        """Every transaction passes here before any of it is in the database."""
        with self._lock:
            if self.moment == "before commit":
                self.calls_left -= 1
                self._die_if(self.calls_left == 0)

    def after_commit(self, session: Session) -> None:
        """Every transaction passes here once committed, before its caller continues."""
        with self._lock:
            if self.moment == "commit":
                self.calls_left -= 1
                self._die_if(self.calls_left == 0)

    def _die_if(self, is_time: bool) -> None:
        if self.is_stopping and self.stops is not None:
            self.stops.send_bytes(b".")
            # Signal this thread, which would otherwise run on until the signal reaches it.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        elif is_time:
            os.kill(os.getpid(), signal.SIGKILL)


def stacks_file(settings: dict[str, Any]) -> Path:
    """Where a bot that gets SIGUSR1 writes what each of its threads is doing."""
    return Path(settings["clock_file"]).with_name("stacks")


def live(settings: dict[str, Any], orders: Connection, stops: Connection | None = None) -> None:
    """Run a bot and carry out orders until the process ends."""
    signal.signal(signal.SIGTERM, _leave)
    # It lives as long as the process. Nothing is written unless somebody asks.
    faulthandler.register(signal.SIGUSR1, stacks_file(settings).open("w"))
    killer = ProcessKiller(stops)
    killer.watch_calls()
    sa.event.listen(Session, "before_commit", killer.before_commit)
    sa.event.listen(Session, "after_commit", killer.after_commit)
    bot = bootstrap.build(Settings(_env_file=None, **settings))
    commands: dict[str, Callable[..., Any]] = {
        "arm": killer.arm,
        "stop": killer.stop_at_each,
        "suspend": lambda: _suspend_after_lease(bot),
        "rest": lambda: _rest(bot),
        "health": lambda: health.database(bot.services.database).is_ok,
        "running": lambda: bot.services.flows.is_running,
        "tick": lambda: run_ticks(bot.services, utcnow()),
        "adopt": bot.services.flows.adopt,
        "take over": lambda: take_over(bot.services),
        "silence": partial(setattr, bot.services.replicas, "silent_after_s"),
    }
    try:
        bot.start()
        orders.send("ready")
        while True:
            # A signal that comes just before the wait begins is handled when it ends.
            while not orders.poll(HEARS_SIGNALS_WITHIN_S):
                pass
            verb, *arguments = orders.recv()
            orders.send(commands[verb](*arguments))
    finally:
        bot.stop()


def _suspend_after_lease(bot: Bot) -> None:
    """Stop this process as soon as it has leased something and committed, until it gets SIGCONT."""
    engine, leased = bot.services.database.engine, threading.local()

    @sa.event.listens_for(engine, "after_cursor_execute")
    def note(_: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "leased_until" in statement and statement.startswith("WITH free") and cursor.rowcount > 0:
            leased.is_so = True

    is_first, blocked, is_over = threading.Lock(), set[int](), threading.Event()

    @sa.event.listens_for(engine, "checkin")
    def stop(*_: Any) -> None:
        if not getattr(leased, "is_so", False):
            return
        leased.is_so = False
        if not is_first.acquire(blocking=False):
            # Nothing leased meanwhile may get to its call before the process stops.
            blocked.add(threading.get_ident())
            is_over.wait(PATIENCE_S)
            return
        # No transaction of another thread may be interrupted midway: its locks would last as long.
        wait_until(
            lambda: engine.pool.checkedout() <= 1 + len(blocked),  # type: ignore[attr-defined]  # pools that count have it
            PATIENCE_S,
            every_s=0.001,
        )
        os.kill(os.getpid(), signal.SIGSTOP)
        sa.event.remove(engine, "after_cursor_execute", note)
        is_over.set()


def _leave(number: int, frame: object) -> None:
    raise SystemExit


def _rest(bot: Bot) -> Rest:
    """Do due work until nothing can be done now; return when the next outbox row is due, if any."""
    run_ticks(bot.services, utcnow())
    at_rest = wait_until(lambda: _can_do_nothing(bot), PATIENCE_S, LOOKS_EVERY_S)
    with bot.services.database.reading() as session:
        return at_rest, _next_due(session), utcnow()


def _next_due(session: Session) -> datetime | None:
    """When the next row is to be delivered; None when everything is settled."""
    at = sa.case(
        (col(OutboxRow.leased_until) > col(OutboxRow.retry_at), col(OutboxRow.leased_until)),
        else_=col(OutboxRow.retry_at),
    )
    is_leased_itself = col(OutboxRow.batch_id).is_(None)
    query = sa.select(sa.func.min(at, type_=UtcDateTime())).where(sa.text(UNSETTLED), is_leased_itself)
    return session.connection().execute(query).scalar()


def _can_do_nothing(bot: Bot) -> bool:
    return not _is_at_work(bot) and _is_idle(bot) and not _was_behind(bot) and _is_idle(bot)


def _is_at_work(bot: Bot) -> bool:
    """Whether any thread has something to do."""
    services = bot.services
    return not (bot.app.is_idle() and services.background.is_idle()) or services.flows.is_running


def _was_behind(bot: Bot) -> bool:
    """Whether something was due; if so, run the clock's job now instead of waiting for its turn."""
    is_behind = _is_behind(bot)
    if is_behind:
        run_ticks(bot.services, utcnow())
    return is_behind


def _is_idle(bot: Bot) -> bool:
    """Whether nothing runs; a workflow may be waiting for an outbox row that is due later."""
    if not (bot.app.is_idle() and bot.services.background.is_idle()):
        return False
    if bot.services.flows.is_idle():
        return True
    with bot.services.database.reading() as session:
        waits_for_row = _next_due(session) is not None
    return waits_for_row and not bot.services.flows.replicas_with_flows()


def _is_behind(bot: Bot) -> bool:
    now = utcnow()
    if any(due_at and due_at <= now for due_at in read_due_times(bot.services).values()):
        return True
    with bot.services.database.reading() as session:
        return bool(outbox.due(session, now))
