"""The log: readable on a terminal, JSON elsewhere, and never a secret in it."""

import logging
import re
import sys
from typing import Literal

import structlog

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
# What the client of Socket Mode asks Slack for is logged under this name.
SOCKET_MODE = "slack_sdk.socket_mode"
# Errors while the database is away; by their names, since loading SQLAlchemy would delay the start.
DATABASE_AWAY = ("DatabaseBusy", "ChangeUnknown", "OperationalError")


def redact(text: str) -> str:
    """The line without anything that would let its reader into the workspace or the database."""
    return PASSWORD.sub(r"\1:***@", SECRETS.sub("***", text))


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line: whatever brought a secret there, a message, a field or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or a few with a traceback."""
        return redact(super().format(record))


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
    processors: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        renderers += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        traceback_formatter = structlog.dev.plain_traceback
        renderers += [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=traceback_formatter)
        ]
    return RedactingFormatter(foreign_pre_chain=processors, processors=renderers)
