"""How soon after the close a post-mortem is there, and what a long one costs to write."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from sqlmodel import Session

from bench import internals
from bench.figures import Figure
from bench.harness import PEOPLE, PLAYBOOKS, BotProcess, SandboxProcess, bot_in_sandbox, ended_at
from bench.internals import embedded_bot, settle
from bot.bootstrap import Bot
from bot.incidents import incidents
from bot.incidents.change import Change
from bot.postmortems import content as postmortem_content
from bot.postmortems import request as postmortem_request
from bot.postmortems import tables as postmortems
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.timeline import timeline

LATENCY_S = 0.15
CLOSES = 5
ENTRIES, MANY_ENTRIES = 500, 10_000
LONG_ONES = 3
ENTRIES_AT_ONCE = 500
SAMPLE_EVERY_S = 0.005
TEXT = "Trunk 7 in Manila drops about half of the calls; I am moving them to trunk 8 and watching the queue. "


def measure(folder: Path) -> Sequence[Figure]:
    """Measure from the close to the message and the files; then the post-mortem of a very long incident."""
    return [*_closes(folder / "closes"), *_long_ones(folder / "long")]


def _closes(folder: Path) -> list[Figure]:
    """Measure until the draft's message and files are in the commander's direct messages, in a slow workspace."""
    with bot_in_sandbox(folder) as (sandbox, bot):
        runs = [_close(sandbox, bot, number) for number in range(1, CLOSES + 1)]
    return [
        Figure("close → message about the draft, 500 entries, 150 ms a call", [told for told, _ in runs], "s", 2),
        Figure("close → its files in the direct message", [shared for _, shared in runs], "s", 2),
    ]


def _close(sandbox: SandboxProcess, bot: BotProcess, number: int) -> tuple[float, float]:
    sandbox.post("types", by="ana", text=f"/incident declare S2 line {number} is down", channel="general")
    bot.wait_until_settled(incidents=number)
    store = Database(bot.database_url)
    _add_messages(store, number, ENTRIES)
    store.close()
    channel = next(name for name in sandbox.incident_channels() if name.startswith(f"inc-{number}-"))
    sandbox.post("types", by="ana", text="/incident resolve over", channel=channel)
    bot.wait_until_settled(incidents=number)
    sandbox.post("latency", seconds=LATENCY_S)
    sandbox.post("clear_calls")
    sandbox.post("types", by="ana", text="/incident close", channel=channel)
    bot.wait_until(lambda: bot.count(internals.postmortem_shared(number)) > 0)
    sandbox.post("quiet", timeout=30)
    sandbox.post("latency", seconds=0)
    closed_at = sandbox.envelopes("slash_commands")[-1]["at"]
    calls = sandbox.get("calls")
    message = next(
        c for c in calls if c["method"] == "chat.postMessage" and "ost-mortem" in str(c["args"].get("text"))
    )
    files = next(call for call in calls if call["method"] == "files.completeUploadExternal")
    return ended_at(message) - closed_at, ended_at(files) - closed_at


def _long_ones(folder: Path) -> list[Figure]:
    """Measure writing the post-mortem of ten thousand entries: seconds, and memory beyond the idle bot's."""
    folder.mkdir()
    with embedded_bot(folder, PLAYBOOKS) as (sandbox, bot):
        sandbox.person("ana").types("/incident declare S2 line 1 is down", channel="general")
        settle(sandbox, bot)
        _add_messages(bot.services.database, 1, MANY_ENTRIES)
        runs = [_write(bot) for _ in range(LONG_ONES)]
    most = max(megabytes for _, megabytes in runs)
    return [
        Figure("post-mortem of 10,000 entries, all its files", [seconds for seconds, _ in runs], "s", 3),
        Figure("memory beyond idle meanwhile", [most], "MB", 100),
    ]


def _write(bot: Bot) -> tuple[float, float]:
    with bot.services.database.transaction() as session:
        incident = incidents.by_number(session, 1)
        postmortem_request.request_at_close(Change(session, bot.services, incident, "", utcnow()))
        postmortem = postmortems.newest(session, 1)
    assert postmortem is not None
    with _peak_memory() as peak:
        started = time.perf_counter()
        assert len(list(postmortem_content.files_of_version(bot.services, postmortem.number, 1))) == 3
        seconds = time.perf_counter() - started
    return seconds, peak[0]


@contextmanager
def _peak_memory() -> Iterator[list[float]]:
    """Yield the peak of this process's memory, in MB beyond its size at the start."""
    process, stop, peak = psutil.Process(), threading.Event(), [0.0]
    idle = process.memory_info().rss

    def sample() -> None:
        while not stop.wait(SAMPLE_EVERY_S):
            peak[0] = max(peak[0], (process.memory_info().rss - idle) / 1e6)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield peak
    finally:
        stop.set()
        sampler.join()


def _add_messages(store: Database, number: int, entries: int) -> None:
    """Add this many messages, a second apart, in several transactions so that the bot is not kept waiting."""
    began = utcnow() - timedelta(seconds=entries)
    for start in range(0, entries, ENTRIES_AT_ONCE):
        with store.transaction() as session:
            _append(session, number, began, range(start, min(start + ENTRIES_AT_ONCE, entries)))


def _append(session: Session, number: int, began: datetime, indexes: Sequence[int]) -> None:
    for index in indexes:
        at = began + timedelta(seconds=index)
        user_id = f"U0{PEOPLE[index % len(PEOPLE)].upper()}"
        facts = {"text": f"{index}: {TEXT}"}
        timeline.append(session, number, "message", at, user_id, **facts)
