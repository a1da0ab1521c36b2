"""How many statements one click costs, with few incidents and with many."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.figures import Figure
from bench.stage import PLAYBOOKS
from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.runtime.database import Store
from slack_sandbox import Sandbox

FEW, MANY = 10, 10_000
CLICKS = 3
# The clock's own looks are not the click's.
NO_TICKS_S = 3600.0


def queries(folder: Path) -> list[Figure]:
    """Statements from a click until it is shown, at ten incidents and at ten thousand."""
    with running(folder) as (sandbox, bot):
        for number in range(1, FEW + 1):
            sandbox.person("ana").types(f"/incident declare S2 line {number} is down", channel="general")
        few = [_click(sandbox, bot) for _ in range(CLICKS)]
        _add_closed(bot, MANY - FEW)
        many = [_click(sandbox, bot) for _ in range(CLICKS)]
    more = [after - before for before, after in zip(few, many, strict=True)]
    return [
        Figure("queries for one click with 10,000 incidents", many, "queries", max(few)),
        Figure("queries more for one click with 10,000 incidents than with 10", more, "queries", 0),
    ]


@contextmanager
def running(folder: Path) -> Iterator[tuple[Sandbox, Bot]]:
    """A workspace and a bot in this process, whose clock stands still."""
    folder.mkdir()
    sandbox = Sandbox()
    sandbox.start()
    bot = bootstrap.build(_settings(sandbox, folder))
    bot.start()
    try:
        yield sandbox, bot
    finally:
        bot.stop()
        sandbox.stop()


def _settings(sandbox: Sandbox, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        SLACK_BOT_TOKEN=sandbox.bot_token,
        SLACK_APP_TOKEN=sandbox.app_token,
        SLACK_API_URL=f"{sandbox.url}/api/",
        database_url=f"sqlite:///{folder}/watchfloor.sqlite",
        playbooks_dir=PLAYBOOKS,
        tick_every_s=NO_TICKS_S,
    )


def _click(sandbox: Sandbox, bot: Bot) -> float:
    _rest(sandbox, bot)
    channel = next(c.name for c in sandbox.person("ana").channels() if c.name.startswith("inc-1-"))
    with counted(bot.services.store) as statements:
        sandbox.person("ana").clicks("step.done", channel=channel)
        _rest(sandbox, bot)
    return float(len(statements))


def _rest(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.quiet(timeout=60)
    assert bot.settle()
    sandbox.quiet(timeout=60)


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Every statement that the bot sends to its database meanwhile."""
    statements: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", count)


def _add_closed(bot: Bot, number: int) -> None:
    now = utcnow()
    closed = {"title": "long ago", "severity": "S2", "status": "closed", "declared_by": "U0ANA"}
    rows = [
        closed | {"declared_key": f"old {index}", "declared_at": now, "closed_at": now, "sites": [], "partners": []}
        for index in range(number)
    ]
    with bot.services.store.transaction() as session:
        session.connection().execute(sa.insert(Incident), rows)
