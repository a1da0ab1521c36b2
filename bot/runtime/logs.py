"""The log: readable on a terminal, JSON elsewhere, and never a secret in it."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal

# Tokens, addresses that carry a right to post, triggers, and passwords in database addresses.
URL_REST = r"""[^\s"'\\<>]*"""  # up to where the address ends, in plain text as in JSON
SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"
    rf"|https?://hooks\.slack\.com/{URL_REST}|https?://[\w.:-]+/(?:response|link)/{URL_REST}|wss?://{URL_REST}"
    r"|\b\d{6,}\.\d{6,}\.[0-9a-f]{16,}\b"
)
PASSWORD = re.compile(r"(\w://[^:/@\s]+):[^@\s/]+@")
# Below a warning these write whole requests, or what only their authors need.
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
)
# What every record has; the rest was given with it.
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
# What the client of Socket Mode asks Slack for is logged under this name.
SOCKET_MODE = "slack_sdk.socket_mode"
# Errors while the database is away; by their names, since loading SQLAlchemy would delay the start.
DATABASE_AWAY = ("DatabaseBusy", "ChangeUnknown", "OperationalError")


def redact(text: str) -> str:
    """The line without anything that would let its reader into the workspace or the database."""
    return PASSWORD.sub(r"\1:***@", SECRETS.sub("***", text))


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: whatever brought a secret there, a message, a field or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or a few with a traceback."""
        return redact(self.line(record))

    def line(self, record: logging.LogRecord) -> str:
        """The line before it is redacted."""
        raise NotImplementedError

    def failure(self, record: logging.LogRecord) -> str:
        """The traceback that comes with it; empty without one."""
        return self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""


class JsonFormatter(RedactingFormatter):
    """An object a line, for whatever collects logs."""

    def line(self, record: logging.LogRecord) -> str:
        """What happened, then its fields, then who says so."""
        content: dict[str, Any] = {"event": record.getMessage(), **_fields(record)}
        content |= {"level": record.levelname.lower(), "logger": record.name, "timestamp": _time(record)}
        if failure := self.failure(record):
            content["exception"] = failure
        return json.dumps(content, default=repr, ensure_ascii=False)


class ConsoleFormatter(RedactingFormatter):
    """For people at a terminal."""

    def line(self, record: logging.LogRecord) -> str:
        """When, how grave, what happened, its fields."""
        fields = "".join(f" {name}={value}" for name, value in sorted(_fields(record).items()))
        said = f"{_time(record)} [{record.levelname.lower():<9}] {record.getMessage():<30} [{record.name}]{fields}"
        failure = self.failure(record)
        return f"{said}\n{failure}" if failure else said


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What was given with `extra`."""
    return {name: value for name, value in record.__dict__.items() if name not in STANDARD}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")


def configure(style: Literal["auto", "console", "json"] = "auto") -> None:
    """Send every logger's lines to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(as_json=style == "json" or (style == "auto" and not sys.stderr.isatty())))
    handler.addFilter(is_worth_logging)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


def is_worth_logging(record: logging.LogRecord) -> bool:
    """Is it worth a line? Asked at the handler, because some libraries set their loggers' levels themselves."""
    if _repeats_connection_loss(record) or _repeats_database_outage(record):
        return False
    return record.levelno >= logging.WARNING or not record.name.startswith(NOISY_LOGGERS)


def _repeats_connection_loss(record: logging.LogRecord) -> bool:
    """Slack's client says at every attempt to connect what `bot.slack.socket_mode` says once."""
    return record.name == SOCKET_MODE


def _repeats_database_outage(record: logging.LogRecord) -> bool:
    """Everything that needs the database fails while it is away; `bot.runtime.outage` says it once."""
    failure = record.exc_info[1] if record.exc_info else None
    return type(failure).__name__ in DATABASE_AWAY


def formatter(*, as_json: bool) -> RedactingFormatter:
    """How a line is written."""
    return JsonFormatter() if as_json else ConsoleFormatter()
