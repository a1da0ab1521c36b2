"""The bot in a process of its own, which dies without warning at a chosen call to Slack."""

import os
import signal
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPResponse
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.escalation import tables as escalation
from bot.followups import tables as followups
from bot.outbox import tables as outbox
from bot.partners import tables as partners
from bot.playbooks import tables as playbooks
from bot.runtime.clock import utcnow
from bot.runtime.workflows import wait_until
from bot.updates import tables as updates

Moment = Literal["after", "before", "commit"]
PATIENCE_S = 30
# Each look is a dozen queries: looking less often leaves the machine to what is waited for.
LOOKS_EVERY_S = 0.1
ALL_RETRIES = timedelta(days=1)


@dataclass
class Doom(urllib.request.BaseHandler):
    """Kills this process when an answer has arrived and nothing was written down of it, before the next call, or
    right after a commit."""

    moment: Moment | None = None
    calls_left: int = 0
    _lock: Lock = field(default_factory=Lock)

    def arm(self, moment: Moment | None, calls: int) -> None:
        """Die after the answer to so many calls, before the call that follows them, or after so many commits."""
        self.moment, self.calls_left = moment, calls

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        """Every call passes here before it is sent."""
        with self._lock:
            self._die_if(self.moment == "before" and self.calls_left <= 0)
        return request

    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> HTTPResponse:
        """Every answer passes here before the bot sees it."""
        with self._lock:
            if self.moment != "commit":
                self.calls_left -= 1
            self._die_if(self.moment == "after" and self.calls_left == 0)
        return response

    def after_commit(self, session: Session) -> None:
        """Every transaction passes here once it is committed, before its caller goes on."""
        with self._lock:
            if self.moment == "commit":
                self.calls_left -= 1
                self._die_if(self.calls_left == 0)

    def _die_if(self, is_time: bool) -> None:
        if is_time:
            os.kill(os.getpid(), signal.SIGKILL)


def live(settings: dict[str, Any], orders: Connection) -> None:
    """Run a bot and do what is ordered until the process is ended."""
    signal.signal(signal.SIGTERM, _leave)
    doom = Doom()
    urllib.request.install_opener(urllib.request.build_opener(doom))
    sa.event.listen(Session, "after_commit", doom.after_commit)
    bot = bootstrap.build(Settings(_env_file=None, **settings))
    bot.start()
    able: dict[str, Callable[..., Any]] = {"arm": doom.arm, "rest": lambda: _rest(bot)}
    try:
        orders.send("ready")
        while True:
            verb, *facts = orders.recv()
            orders.send(able[verb](*facts))
    finally:
        bot.stop()


def _leave(number: int, frame: object) -> None:
    raise SystemExit


def _rest(bot: Bot) -> bool:
    """Wait until nothing is being done, nothing is to be shown and nothing to be said."""
    return wait_until(lambda: bot.is_idle() and not _is_behind(bot) and bot.is_idle(), PATIENCE_S, LOOKS_EVERY_S)


def _is_behind(bot: Bot) -> bool:
    now = utcnow()
    with bot.services.store.reading() as session:
        return (
            bool(updates.due(session, now))
            or bool(escalation.due(session, now))
            or bool(partners.due(session, now))
            or bool(playbooks.due_reminders(session, now))
            or bool(outbox.due(session, now + ALL_RETRIES))
            or bool(followups.due_reminders(session, now))
        )
