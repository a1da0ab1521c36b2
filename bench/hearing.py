"""How fast what is said is written down: the work of one message, and many a second from many people."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.queries import NO_TICKS_S
from bench.stage import PLAYBOOKS
from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.incidents import dispatch
from slack_sandbox import Sandbox

MESSAGES, RUNS, AT_ONCE = 400, 3, 20
SAID_AT = 1_700_000_000
SAID = "SELECT count(*) FROM timeline_entries WHERE kind = 'message'"


def hears(folder: Path) -> list[Figure]:
    """The work of a message event one by one, then twenty at a time; what is lost counts too."""
    folder.mkdir()
    sandbox = Sandbox()
    sandbox.start()
    bot = bootstrap.build(_settings(sandbox, folder))
    bot.start()
    sandbox.person("ana").types("/incident declare S3 line 1 is down", channel="general")
    sandbox.quiet(timeout=60)
    assert bot.settle()
    (channel,) = [found.id for found in sandbox.person("ana").channels() if found.name.startswith("inc-")]
    work = [_one_by_one(bot, channel, run) for run in range(RUNS)]
    rates = [_side_by_side(bot, channel, RUNS + run) for run in range(RUNS)]
    with bot.services.store.engine.connect() as connection:
        kept = int(connection.exec_driver_sql(SAID).scalar() or 0)
    bot.stop()
    sandbox.stop()
    return [
        Figure("work of a message event, p50", work, "ms", 5),
        Figure("message events written down a second, SQLite", rates, "a second", 200, is_least=True),
        Figure("message events lost", [2 * RUNS * MESSAGES - kept], "messages", 0),
    ]


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


def _event(channel: str, run: int, number: int) -> dict[str, Any]:
    ts = f"{SAID_AT + run}.{number:06d}"
    words = f"Queue {number} is at 40 calls, the longest waits 12 minutes; Manila has 30 people on it"
    return {"type": "message", "channel": channel, "user": "U0ANA", "text": words, "ts": ts, "event_ts": ts}


def _hear(bot: Bot, event: dict[str, Any]) -> float:
    begun = time.perf_counter()
    dispatch.record(bot.services, event)
    return (time.perf_counter() - begun) * 1000


def _one_by_one(bot: Bot, channel: str, run: int) -> float:
    return percentile([_hear(bot, _event(channel, run, number)) for number in range(MESSAGES)], 0.5)


def _side_by_side(bot: Bot, channel: str, run: int) -> float:
    events = [_event(channel, run, number) for number in range(MESSAGES)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(partial(_hear, bot), events))
    return MESSAGES / (time.perf_counter() - begun)
