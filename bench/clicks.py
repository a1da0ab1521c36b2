"""A hundred open incidents in memory, and a crowd that clicks through three hundred, compared with the bare app."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from bench import declarations
from bench.bare import BUTTON
from bench.figures import Figure, percentile, ratios
from bench.harness import (
    PEOPLE,
    TIMEOUT_S,
    BotProcess,
    SandboxProcess,
    bare_in_sandbox,
    bot_in_sandbox,
    ended_at,
    in_crowd,
)

INCIDENTS = 100
CLICKS = 300
ROUNDS = 5


def measure(folder: Path) -> Sequence[Figure]:
    """Measure memory, clicks in alternating rounds of the bot and the bare app, and declarations in a crowd."""
    with bot_in_sandbox(folder / "bot") as (sandbox, bot), bare_in_sandbox(folder / "bare", CLICKS) as bare_sandbox:
        memory = _memory(sandbox, bot)
        declarations.declare(sandbox, CLICKS - INCIDENTS, "more")
        bot.wait_until_settled(CLICKS)
        of_bot, of_bare = [], []
        for _ in range(ROUNDS):
            of_bot.append(click_through(sandbox, lambda: bot.wait_until_settled(CLICKS)))
            of_bare.append(click_through(bare_sandbox, lambda: None))
        return [*_figures(of_bot, of_bare), *declarations.crowds(sandbox, bot), memory]


def _memory(sandbox: SandboxProcess, bot: BotProcess) -> Figure:
    declarations.declare(sandbox, INCIDENTS, "open")
    bot.wait_until_settled(INCIDENTS)
    resident = psutil.Process(bot.process.pid).memory_info().rss / 1e6
    return Figure("RSS with 100 open incidents", [resident], "MB", 150)


@dataclass(frozen=True)
class Round:
    """The results of one crowd."""

    per_second: float
    acknowledged_p99_ms: float


def click_through(sandbox: SandboxProcess, wait_until_settled: Callable[[], None]) -> Round:
    """Click three hundred times, twenty at a time, each in a channel of its own.

    A click counts once it is acknowledged and the clicked message has been updated for the last time.
    """
    clicks = _one_in_each(sandbox)
    known = len(sandbox.get("envelopes"))
    sandbox.post("clear_calls")
    in_crowd(clicks)
    wait_until_settled()
    sandbox.post("quiet", timeout=TIMEOUT_S)
    envelopes = sandbox.envelopes("interactive", known)
    updated_at = _last_updates(sandbox.get("calls", method="chat.update"))
    finished = [
        updated_at[_message(envelope)]
        for envelope in envelopes
        if envelope["acknowledged"] and _message(envelope) in updated_at
    ]
    assert finished, "no click was acknowledged and shown"
    seconds = max(finished) - min(envelope["at"] for envelope in envelopes)
    return Round(len(finished) / seconds, percentile([envelope["ms"] for envelope in envelopes], 0.99))


def _one_in_each(sandbox: SandboxProcess) -> list[Callable[[], Any]]:
    return [
        partial(sandbox.post, "clicks", by=PEOPLE[index % len(PEOPLE)], action_id=BUTTON, channel=name)
        for index, name in enumerate(sandbox.incident_channels()[:CLICKS])
    ]


def _message(envelope: dict[str, Any]) -> tuple[str, str]:
    container = envelope["payload"]["container"]
    return container["channel_id"], container["message_ts"]


def _last_updates(calls: Sequence[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """The time of each message's last update."""
    taken = sorted((call for call in calls if call["answer"].get("ok")), key=ended_at)
    return {(call["args"]["channel"], call["args"]["ts"]): ended_at(call) for call in taken}


def _figures(of_bot: Sequence[Round], of_bare: Sequence[Round]) -> list[Figure]:
    rates, bare_rates = [r.per_second for r in of_bot], [r.per_second for r in of_bare]
    waits, bare_waits = [r.acknowledged_p99_ms for r in of_bot], [r.acknowledged_p99_ms for r in of_bare]
    return [
        Figure("acknowledgement of a step click, p99 of 300, 20 at a time", waits, "ms", 250),
        Figure("… of the bare app", bare_waits, "ms"),
        Figure("… ÷ the bare app's", ratios(waits, bare_waits), "", 2),
        Figure("step clicks a second, acknowledged and shown, SQLite", rates, "a second", 150, is_minimum=True),
        Figure("… of the bare app", bare_rates, "a second"),
        Figure("… ÷ the bare app's", ratios(rates, bare_rates), "", 0.6, is_minimum=True),
    ]
