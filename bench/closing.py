"""How soon the post-mortem is there, and what writing a long one costs."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from sqlmodel import Session

from bench.figures import Figure
from bench.queries import running
from bench.stage import PEOPLE, Running, Workspace, stage
from bot.bootstrap import Bot
from bot.incidents import tables as incidents
from bot.incidents.change import Change
from bot.postmortems import content as postmortem_content
from bot.postmortems import request as postmortem_request
from bot.runtime.clock import utcnow
from bot.runtime.database import Store
from bot.timeline import tables as timeline

LATENCY_S = 0.15
CLOSES = 5
ENTRIES, MANY_ENTRIES = 500, 10_000
LONG_ONES = 3
AT_ONCE = 500
LOOK_EVERY_S = 0.005
WORDS = "Trunk 7 in Manila drops about half of the calls; I am moving them to trunk 8 and watching the queue. "


def closes(folder: Path) -> list[Figure]:
    """From the close to the message and to the files in the commander's direct messages, in a slow workspace."""
    with stage(folder) as (workspace, bot):
        tries = [_close(workspace, bot, number) for number in range(1, CLOSES + 1)]
    return [
        Figure("close → message about the draft, 500 entries, 150 ms a call", [told for told, _ in tries], "s", 2),
        Figure("close → its files in the direct message", [shared for _, shared in tries], "s", 2),
    ]


def _close(workspace: Workspace, bot: Running, number: int) -> tuple[float, float]:
    workspace.order("types", by="ana", text=f"/incident declare S2 line {number} is down", channel="general")
    bot.rests(incidents=number)
    _lived_through(Store(bot.database), number, ENTRIES)
    seen = workspace.look("channels", **{"as": "ana"})
    channel = next(c["name"] for c in seen if c.get("name", "").startswith(f"inc-{number}-"))
    workspace.order("types", by="ana", text="/incident resolve over", channel=channel)
    bot.rests(incidents=number)
    workspace.order("latency", seconds=LATENCY_S)
    workspace.order("clear_calls")
    workspace.order("types", by="ana", text="/incident close", channel=channel)
    shared = f"SELECT count(*) FROM postmortem_copies WHERE incident_id = {number} AND shared_version = 1"
    bot.comes_to(lambda: bot.count(shared) > 0)
    workspace.order("quiet", timeout=30)
    workspace.order("latency", seconds=0)
    asked_at = [e["at"] for e in workspace.look("envelopes") if e["type"] == "slash_commands"][-1]
    calls = workspace.look("calls")
    told = next(
        c for c in calls if c["method"] == "chat.postMessage" and "ost-mortem" in str(c["args"].get("text"))
    )
    files = next(call for call in calls if call["method"] == "files.completeUploadExternal")
    return _ended(told) - asked_at, _ended(files) - asked_at


def _ended(call: dict[str, float]) -> float:
    return call["at"] + call["ms"] / 1000


def long_ones(folder: Path) -> list[Figure]:
    """Writing the post-mortem of ten thousand entries: seconds, and memory beyond that of the idle bot."""
    with running(folder) as (sandbox, bot):
        sandbox.person("ana").types("/incident declare S2 line 1 is down", channel="general")
        sandbox.quiet(timeout=60)
        assert bot.settle()
        _lived_through(bot.services.store, 1, MANY_ENTRIES)
        tries = [_write(bot) for _ in range(LONG_ONES)]
        most = max(megabytes for _, megabytes in tries)
    return [
        Figure("post-mortem of 10,000 entries, all its files", [seconds for seconds, _ in tries], "s", 3),
        Figure("memory beyond idle meanwhile", [most], "MB", 100),
    ]


def _write(bot: Bot) -> tuple[float, float]:
    with bot.services.store.transaction() as session:
        incident = incidents.by_number(session, 1)
        _, postmortem_id = postmortem_request.at_close(Change(session, bot.services, incident, "", utcnow()))
    with _watched() as peak:
        begun = time.perf_counter()
        assert len(list(postmortem_content.files(bot.services, postmortem_id, 1))) == 3
        seconds = time.perf_counter() - begun
    return seconds, peak[0]


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The most memory that this process takes meanwhile, in MB beyond what it takes now."""
    process, stop, peak = psutil.Process(), threading.Event(), [0.0]
    idle = process.memory_info().rss

    def look() -> None:
        while not stop.wait(LOOK_EVERY_S):
            peak[0] = max(peak[0], (process.memory_info().rss - idle) / 1e6)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def _lived_through(store: Store, number: int, entries: int) -> None:
    """So many messages, a second apart, written in pieces so that the bot is not kept waiting."""
    began = utcnow() - timedelta(seconds=entries)
    for start in range(0, entries, AT_ONCE):
        with store.transaction() as session:
            _say(session, number, began, range(start, min(start + AT_ONCE, entries)))


def _say(session: Session, number: int, began: datetime, which: Sequence[int]) -> None:
    for index in which:
        at = began + timedelta(seconds=index)
        who = f"U0{PEOPLE[index % len(PEOPLE)].upper()}"
        facts = {"text": f"{index}: {WORDS}"}
        timeline.append(session, number, "message", at, who, **facts)
