"""`GET /healthz`: whether the bot works, and if not, what is wrong."""

import threading
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.alarms.tables import open_alarms
from bot.errors import WatchfloorError
from bot.runtime.clock import elapsed_s
from bot.runtime.database import Database
from bot.runtime.heartbeat import Heartbeat
from bot.slack.reachability import Reachability
from bot.slack.socket_mode import SocketModeConnection

Check = Callable[[], "Finding"]
MISSED_TICKS = 15
MOST_OFTEN_EVERY_S = 1.0
# Changes nothing, but is written all the same. On PostgreSQL, replicas would wait for each other.
WRITE = "UPDATE alembic_version SET version_num = version_num"


class Finding(Struct, frozen=True):
    """The result of one check: a sentence, and whether all is well."""

    is_ok: bool
    sentence: str
    # False for what neither a restart nor another replica would change.
    stops_service: bool = True


class Health:
    """All checks. Load balancers and people read their results, so they give reasons."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._checks = tuple(checks)
        self._lock = threading.Lock()
        self._findings: list[Finding] = []
        self._checked_at = -MOST_OFTEN_EVERY_S

    def _current_findings(self) -> list[Finding]:
        """The findings of a moment ago, or of now: anyone may ask, as often as they like."""
        with self._lock:
            if elapsed_s() - self._checked_at > MOST_OFTEN_EVERY_S:
                self._findings = [check() for check in self._checks]
                self._checked_at = elapsed_s()
            return self._findings

    async def answer(self, request: Request) -> JSONResponse:
        """The problems; 503 if one of them stops the bot from serving people, otherwise 200."""
        findings = await run_in_threadpool(self._current_findings)
        problems = [finding for finding in findings if not finding.is_ok]
        report = {
            "ok": not problems,
            "problems": [problem.sentence for problem in problems],
            "facts": [finding.sentence for finding in findings if finding.is_ok],
        }
        return JSONResponse(report, 503 if any(problem.stops_service for problem in problems) else 200)


def database(database: Database) -> Finding:
    """Whether the database answers and accepts writes. A full disk can still be read."""
    try:
        with database.transaction(is_synced=False) as session:
            session.connection().execute(sa.text(WRITE if database.is_sqlite else "SELECT txid_current()"))
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The database does not answer, or cannot be written.")
    return Finding(True, "The database answers and can be written.")


def alarms(database: Database) -> Finding:
    """Whether the auditor found anything that was forgotten. Only how much, not what: anyone may ask this.

    A load balancer that took every replica out of service until somebody acts would only make it worse.
    """
    try:
        with database.reading() as session:
            count = len(open_alarms(session))
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The auditor's alarms cannot be read.", stops_service=False)
    if not count:
        return Finding(True, "The auditor found nothing.")
    problems = "1 problem" if count == 1 else f"{count} problems"
    return Finding(False, f"The auditor found {problems}; `watchfloor doctor` names them.", stops_service=False)


def malformed(count: int) -> Finding:
    """How many requests were signed but did not have the shape of Slack's."""
    return Finding(True, f"{count} malformed requests were refused since the start.")


def clock(heartbeat: Heartbeat, every_s: float) -> Finding:
    """Whether due work is found and done."""
    text = f"All that was due was last done {heartbeat.age_s:.0f} s ago."
    return Finding(heartbeat.age_s < max(MISSED_TICKS * every_s, MISSED_TICKS), text)


def slack(connection: SocketModeConnection) -> Finding:
    """Whether Slack would reach us."""
    text = f"Slack was last heard {connection.silent_s:.0f} s ago."
    if connection.is_connected:
        return Finding(True, text)
    return Finding(False, f"Not connected to Slack: {connection.trouble}. {text}")


def slack_over_http(reachability: Reachability) -> Finding:
    """Whether the network works through which Slack would send its requests."""
    text = f"Slack last answered {reachability.silent_s:.0f} s ago."
    if reachability.is_connected:
        return Finding(True, f"Slack sends its requests to /slack/events. {text}")
    return Finding(False, f"Slack is not reached, and may not reach this bot: {reachability.trouble}. {text}")
