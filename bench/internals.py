"""The benchmark's knowledge of the bot's internals: its tables, and how to run it in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.runtime import database
from slack_sandbox import Sandbox

# Ticks would add to the measured work.
NO_TICKS_S = 3600.0
SETTLE_WITHIN_S = 60

INCIDENTS = "SELECT count(*) FROM incidents"
STEPS_DONE = "SELECT count(*) FROM playbook_steps WHERE state = 'done'"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
MESSAGES_RECORDED = "SELECT count(*) FROM timeline_entries WHERE kind = 'message'"
# What is still to be sent or rendered; the digest is excluded, because all incidents share its channel's pace.
UNSETTLED = (
    "SELECT (SELECT count(*) FROM outbox WHERE wanted > shown AND refused IS NULL AND kind <> 'digest') "
    "+ (SELECT count(*) FROM incidents WHERE told_at IS NULL)"
)


def postmortem_shared(incident: int) -> str:
    """A query that counts the finished copies of an incident's post-mortem."""
    return f"SELECT count(*) FROM postmortem_copies WHERE incident_id = {incident} AND shared_version = 1"


def database_url(folder: Path) -> str:
    """The URL of the SQLite database in a folder."""
    return f"sqlite:///{folder}/watchfloor.sqlite"


class BotDatabase:
    """The bot's database, read from outside."""

    def __init__(self, url: str) -> None:
        self._database = database.Database(url)

    def count(self, query: str) -> int:
        """The number that a query selects."""
        return count(self._database, query)

    def names(self, query: str) -> list[str]:
        """The texts that a query selects."""
        with self._database.engine.connect() as connection:
            return [str(row[0]) for row in connection.exec_driver_sql(query)]

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


def count(store: database.Database, query: str) -> int:
    """The number that a query selects."""
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql(query).scalar() or 0)


@contextmanager
def embedded_bot(folder: Path, playbooks: Path) -> Iterator[tuple[Sandbox, Bot]]:
    """Run a sandbox and a bot in this process, without ticks."""
    sandbox = Sandbox()
    sandbox.start()
    environment = {
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
        "SLACK_API_URL": f"{sandbox.url}/api/",
    }
    bot = bootstrap.build(settings(environment, folder, playbooks_dir=playbooks))
    bot.start()
    try:
        yield sandbox, bot
    finally:
        bot.stop()
        sandbox.stop()


def settings(environment: dict[str, str], folder: Path, **others: Any) -> Settings:
    """Settings of a bot without ticks, whose database is in `folder`."""
    values: dict[str, Any] = {"database_url": database_url(folder), "tick_every_s": NO_TICKS_S}
    return Settings(_env_file=None, **(values | environment | others))


def settle(sandbox: Sandbox, bot: Bot) -> None:
    """Wait until the bot has nothing left to do."""
    sandbox.quiet(timeout=SETTLE_WITHIN_S)
    assert bot.settle(), "the bot did not settle in time"
    sandbox.quiet(timeout=SETTLE_WITHIN_S)


@contextmanager
def recorded_statements(store: database.Database) -> Iterator[list[str]]:
    """Record every statement sent to the database meanwhile."""
    statements: list[str] = []

    def record(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", record)
