"""How fast messages are recorded: the time of one event, and the rate with many people."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import internals
from bench.figures import Figure, percentile
from bench.harness import AT_ONCE, PLAYBOOKS
from bench.internals import embedded_bot, settle
from bot.bootstrap import Bot
from bot.incidents.registry import Registry

MESSAGES, RUNS = 400, 3
FIRST_TS = 1_700_000_000


def measure(folder: Path) -> Sequence[Figure]:
    """Measure message events one by one, then twenty at a time, and count lost messages."""
    with embedded_bot(folder, PLAYBOOKS) as (sandbox, bot):
        sandbox.person("ana").types("/incident declare S3 line 1 is down", channel="general")
        settle(sandbox, bot)
        (channel_id,) = [each.id for each in sandbox.person("ana").channels() if each.name.startswith("inc-")]
        work = [_one_by_one_ms(bot, channel_id, run) for run in range(RUNS)]
        rates = [_side_by_side_per_second(bot, channel_id, RUNS + run) for run in range(RUNS)]
        recorded = internals.count(bot.services.database, internals.MESSAGES_RECORDED)
    return [
        Figure("work of a message event, p50", work, "ms", 5),
        Figure("message events recorded a second, SQLite", rates, "a second", 200, is_minimum=True),
        Figure("message events lost", [2 * RUNS * MESSAGES - recorded], "messages", 0),
    ]


def _event(channel_id: str, run: int, number: int) -> dict[str, Any]:
    ts = f"{FIRST_TS + run}.{number:06d}"
    text = f"Queue {number} is at 40 calls, the longest waits 12 minutes; Manila has 30 people on it"
    return {"type": "message", "channel": channel_id, "user": "U0ANA", "text": text, "ts": ts, "event_ts": ts}


def _record_ms(bot: Bot, event: dict[str, Any]) -> float:
    started = time.perf_counter()
    for record in bot.services.get(Registry).slack_events["message"]:
        record(bot.services, event)
    return (time.perf_counter() - started) * 1000


def _one_by_one_ms(bot: Bot, channel_id: str, run: int) -> float:
    return percentile([_record_ms(bot, _event(channel_id, run, number)) for number in range(MESSAGES)], 0.5)


def _side_by_side_per_second(bot: Bot, channel_id: str, run: int) -> float:
    events = [_event(channel_id, run, number) for number in range(MESSAGES)]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        attempts = [crowd.submit(_record_ms, bot, event) for event in events]
    # Events refused because the database was busy for too long count as lost.
    recorded = sum(attempt.exception() is None for attempt in attempts)
    return recorded / (time.perf_counter() - started)
