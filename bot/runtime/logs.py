"""The log: readable on a terminal, JSON elsewhere, and always without secrets."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

# Tokens, URLs that grant a right to post, triggers, and passwords in database URLs.
URL_REST = r"""[^\s"'\\<>]*"""  # up to the end of the URL, in plain text and in JSON
SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"
    rf"|https?://hooks\.slack\.com/{URL_REST}|https?://[\w.:-]+/(?:response|link)/{URL_REST}|wss?://{URL_REST}"
    r"|\b\d{6,}\.\d{6,}\.[0-9a-f]{16,}\b"
)
PASSWORD = re.compile(r"(\w://[^:/@\s]+):[^@\s/]+@")
# Below the level of warnings, these log whole requests with their addresses, or details that only authors need.
NOISY_LOGGERS = (
    "slack_bolt",
    "slack_sdk",
    "uvicorn",
    "apscheduler",
    "dbos",
    "sqlalchemy",
    "alembic",
    "asyncio",
    "websockets",
    "httpx",
    "httpcore",
    "boto3",
    "botocore",
)
# The Socket Mode client logs its requests to Slack under this name.
SOCKET_MODE = "slack_sdk.socket_mode"
BOLT = "slack_bolt.App"
WEB_SOCKET = "websockets.client"
WEB_SOCKET_LOST = ("ConnectionClosedError", "EOFError")
# Errors while the database is down, by name, because loading SQLAlchemy would delay the start.
DATABASE_AWAY = ("DatabaseBusy", "DatabaseRefused", "ChangeUnknown", "OperationalError")


def redact(text: str) -> str:
    """The line without anything that would let its reader into the workspace or the database."""
    return PASSWORD.sub(r"\1:***@", SECRETS.sub("***", text))


# Fields of every record; the others were added by the code that logged it.
USUAL_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, whether a message, a field or a traceback brought a secret there."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line, or a few with a traceback."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        level, event = record.levelname.lower(), record.getMessage()
        fields = {name: value for name, value in vars(record).items() if name not in USUAL_FIELDS}
        exception = self.formatException(record.exc_info) if record.exc_info else ""
        if self._as_json:
            line = {"event": event, "level": level, "logger": record.name} | fields | {"timestamp": at}
            line |= {"exception": exception} if exception else {}
            return redact(json.dumps(line, ensure_ascii=False, default=repr))
        pairs = " ".join(f"{name}={value!r}" for name, value in sorted(fields.items()))
        text = f"{at} [{level:<8}] {event:<30} [{record.name}] {pairs}".rstrip()
        return redact(f"{text}\n{exception}".rstrip())


def configure(style: Literal["auto", "console", "json"] = "auto") -> None:
    """Send the lines of all loggers to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        RedactingFormatter(as_json=style == "json" or (style == "auto" and not sys.stderr.isatty()))
    )
    handler.addFilter(is_worth_logging)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


def is_worth_logging(record: logging.LogRecord) -> bool:
    """True if it is worth a line. Checked at the handler, because some libraries set their loggers' levels."""
    if _repeats_connection_loss(record) or _repeats_database_outage(record) or _repeats_lost_web_socket(record):
        return False
    if _is_about_the_token(record):
        return False
    return record.levelno >= logging.WARNING or not record.name.startswith(NOISY_LOGGERS)


def _repeats_connection_loss(record: logging.LogRecord) -> bool:
    """True for Slack's client, which logs at every attempt to connect what `bot.slack.socket_mode` logs once."""
    return record.name == SOCKET_MODE


def _is_about_the_token(record: logging.LogRecord) -> bool:
    """True if Bolt found SLACK_BOT_TOKEN in the environment, and says that it uses the client it was given."""
    return record.name == BOLT and "`token` will be unused" in record.getMessage()


def _repeats_lost_web_socket(record: logging.LogRecord) -> bool:
    """True if a WebSocket was lost, or closed while data arrived: its threads fail, and the bot opens another."""
    failure = record.exc_info[1] if record.exc_info else None
    return record.name == WEB_SOCKET and type(failure).__name__ in WEB_SOCKET_LOST


def _repeats_database_outage(record: logging.LogRecord) -> bool:
    """True if the database is down: everything that needs it fails, and `bot.runtime.outage` logs it once."""
    failure = record.exc_info[1] if record.exc_info else None
    return type(failure).__name__ in DATABASE_AWAY
