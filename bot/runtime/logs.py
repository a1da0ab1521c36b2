"""The log: readable on a terminal, JSON elsewhere, and never a secret in it."""

import logging
import re
import sys
from typing import Literal

import structlog

# Tokens, addresses that carry a right to post, triggers, and passwords in database addresses.
REST = r"""[^\s"'\\<>]*"""  # up to where the address ends, in plain text as in JSON
SECRETS = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"
    rf"|https?://hooks\.slack\.com/{REST}|https?://[\w.:-]+/(?:response|link)/{REST}|wss?://{REST}"
    r"|\b\d{6,}\.\d{6,}\.[0-9a-f]{16,}\b"
)
PASSWORD = re.compile(r"(\w://[^:/@\s]+):[^@\s/]+@")
# Below a warning these write whole requests, or what only their authors need.
TALKATIVE = ("slack_bolt", "slack_sdk", "uvicorn", "apscheduler", "dbos", "sqlalchemy", "alembic", "asyncio")
# What the client of Socket Mode asks Slack for is logged under this name.
SOCKET_MODE = "slack_sdk.socket_mode"


def redact(line: str) -> str:
    """The line without anything that would let its reader into the workspace or the database."""
    return PASSWORD.sub(r"\1:***@", SECRETS.sub("***", line))


class Redacting(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line: whatever brought a secret there, a message, a field or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or a few with a traceback."""
        return redact(super().format(record))


def configure(style: Literal["auto", "console", "json"] = "auto") -> None:
    """Send every logger's lines to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(as_json=style == "json" or (style == "auto" and not sys.stderr.isatty())))
    handler.addFilter(matters)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


def matters(record: logging.LogRecord) -> bool:
    """Is it worth a line? Asked at the handler, because some libraries set their loggers' levels themselves."""
    if _repeats_that_slack_is_away(record):
        return False
    return record.levelno >= logging.WARNING or not record.name.startswith(TALKATIVE)


def _repeats_that_slack_is_away(record: logging.LogRecord) -> bool:
    """Socket Mode's client says it every few seconds, also under Bolt's name; `bot.slack.outage` says it once."""
    is_of_the_line = record.name == SOCKET_MODE or "slack_sdk/socket_mode" in record.pathname
    # With a traceback it is something else: a listener of ours that broke.
    return is_of_the_line and not record.exc_info


def formatter(*, as_json: bool) -> Redacting:
    """How a line is written."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        last += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return Redacting(foreign_pre_chain=shared, processors=last)
