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
from bot.runtime.database import Store
from bot.runtime.heartbeat import Pulse
from bot.slack.socket_mode import Line

Look = Callable[[], "Finding"]
SILENT_TICKS = 15


@dataclass(frozen=True)
class Finding:
    """What one look found: a sentence, and whether it is as it should be."""

    is_well: bool
    words: str


class Health:
    """Everything that is looked at. Asked by load balancers and by people, so it says reasons."""

    def __init__(self, looks: Iterable[Look]) -> None:
        self._looks = tuple(looks)

    async def answer(self, request: Request) -> JSONResponse:
        """200 when all is well, 503 with the reasons otherwise."""
        findings = await run_in_threadpool(lambda: [look() for look in self._looks])
        is_well = all(finding.is_well for finding in findings)
        told = {
            "ok": is_well,
            "problems": [finding.words for finding in findings if not finding.is_well],
            "facts": [finding.words for finding in findings if finding.is_well],
        }
        return JSONResponse(told, 200 if is_well else 503)


def database(store: Store) -> Finding:
    """Does the database answer?"""
    try:
        with store.reading() as session:
            session.connection().execute(sa.text("SELECT 1"))
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The database does not answer.")
    return Finding(True, "The database answers.")


def alarms(store: Store) -> Finding:
    """Did the auditor find something that was forgotten?"""
    try:
        with store.reading() as session:
            found = [alarm.words for alarm in open_alarms(session)]
    except (WatchfloorError, SQLAlchemyError):
        return Finding(False, "The auditor's alarms cannot be read.")
    return Finding(not found, " ".join(found) or "The auditor found nothing.")


def clock(ticks: Pulse, every_s: float) -> Finding:
    """Is what is due looked for?"""
    words = f"The clock ticked {ticks.age_s:.0f} s ago."
    return Finding(ticks.age_s < max(SILENT_TICKS * every_s, SILENT_TICKS), words)


def slack(line: Line | None) -> Finding:
    """Would Slack reach us?"""
    if line is None:
        return Finding(True, "Slack sends its requests to /slack/events.")
    words = f"Slack was last heard {line.heard_s_ago:.0f} s ago."
    return Finding(True, words) if line.is_connected else Finding(False, f"Not connected to Slack. {words}")
