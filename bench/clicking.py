"""How a hundred open incidents feel: memory, acknowledgements of clicks, clicks a second."""

from collections.abc import Callable
from functools import partial
from typing import Any

import psutil

from bench.declaring import declare
from bench.figures import Figure, percentile
from bench.stage import PEOPLE, Running, Workspace

INCIDENTS = 100
CLICKS = 300
CROWDS = 3
DONE = "SELECT count(*) FROM playbook_steps WHERE state = 'done'"


def memory(workspace: Workspace, bot: Running) -> list[Figure]:
    """What the bot keeps in memory with a hundred open incidents."""
    declare(workspace, INCIDENTS, "open")
    bot.rests(INCIDENTS)
    resident = psutil.Process(bot.process.pid).memory_info().rss / 1e6
    return [Figure("RSS with 100 open incidents", [resident], "MB", 150)]


def crowds(workspace: Workspace, bot: Running) -> list[Figure]:
    """Three hundred clicks, twenty at a time, again and again; each finishes a step of its own."""
    declare(workspace, CLICKS - INCIDENTS, "more")
    bot.rests(CLICKS)
    clicks = _one_in_each_incident(workspace)
    acknowledged, rates = [], []
    for _ in range(CROWDS):
        bot.rests(CLICKS)
        known, done = len(workspace.look("envelopes")), bot.count(DONE)
        seconds = workspace.at_once(clicks)
        rates.append((bot.count(DONE) - done) / seconds)
        acknowledged.append(percentile(_clicks_ms(workspace, known), 0.99))
    return [
        Figure("acknowledgement of a step click, p99 of 300, 20 at a time", acknowledged, "ms", 250),
        Figure("step clicks handled a second, SQLite", rates, "a second", 150, is_least=True),
    ]


def _one_in_each_incident(workspace: Workspace) -> list[Callable[[], Any]]:
    seen = workspace.look("channels", **{"as": "ana"})
    names = [channel["name"] for channel in seen if channel.get("name", "").startswith("inc-")]
    return [
        partial(workspace.order, "clicks", by=PEOPLE[index % len(PEOPLE)], action_id="step.done", channel=name)
        for index, name in enumerate(names)
    ]


def _clicks_ms(workspace: Workspace, known: int) -> list[float]:
    return [e["ms"] for e in workspace.look("envelopes")[known:] if e["type"] == "interactive"]
