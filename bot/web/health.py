"""`GET /healthz`: does the bot do its work, and if not, what is wrong?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.alarms.tables import open_alarms
from bot.errors import WatchfloorError
from bot.runtime.database import Database
from bot.runtime.heartbeat import Heartbeat
from bot.slack.socket_mode import SocketModeConnection

Check = Callable[[], "Finding"]
MISSED_TICKS = 15


@dataclass(frozen=True)
class Finding:
    """What one look found: a sentence, and whether it is as it should be."""

    is_ok: bool
    words: str


class Health:
    """Everything that is looked at. Asked by load balancers and by people, so it says reasons."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._looks = tuple(checks)

    async def answer(self, request: Request) -> JSONResponse:
        """200 when all is well, 503 with the reasons otherwise."""
        findings = await run_in_threadpool(lambda: [look() for look in self._looks])
        is_ok = all(finding.is_ok for finding in findings)
        report = {
            "ok": is_ok,
            "problems": [finding.words for finding in findings if not finding.is_ok],
            "facts": [finding.words for finding in findings if finding.is_ok],
        }
        return JSONResponse(report, 200 if is_ok else 503)


def database(database: Database) -> Finding:
    """Does the database answer?"""
    try:
        with database.reading() as session:
            session.connection().execute(sa.text("SELECT 1"))
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The database does not answer.")
    return Finding(True, "The database answers.")


def alarms(database: Database) -> Finding:
    """Did the auditor find something that was forgotten?"""
    try:
        with database.reading() as session:
            sentences = [alarm.words for alarm in open_alarms(session)]
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The auditor's alarms cannot be read.")
    return Finding(not sentences, " ".join(sentences) or "The auditor found nothing.")


def clock(heartbeat: Heartbeat, every_s: float) -> Finding:
    """Is what is due looked for?"""
    text = f"The clock ticked {heartbeat.age_s:.0f} s ago."
    return Finding(heartbeat.age_s < max(MISSED_TICKS * every_s, MISSED_TICKS), text)


def slack(connection: SocketModeConnection | None) -> Finding:
    """Would Slack reach us?"""
    if connection is None:
        return Finding(True, "Slack sends its requests to /slack/events.")
    text = f"Slack was last heard {connection.silent_s:.0f} s ago."
    if connection.is_connected:
        return Finding(True, text)
    return Finding(False, f"Not connected to Slack: {connection.trouble}. {text}")
