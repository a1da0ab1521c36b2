"""Fifty open incidents and twenty people who click and talk for minutes; then the same with a past of a thousand.

The crowd alternates between the bot and the bare app. Messages, clicks and acknowledgements are counted, and the
bot's memory, threads and descriptors are checked after each turn. At the end one channel is flooded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from bench import declarations, internals
from bench.bare import BUTTON, COMMAND
from bench.crowd import WORDS, Crowd, Lived
from bench.figures import Figure, ratios
from bench.flood import flooded
from bench.harness import POLL_EVERY_S, TIMEOUT_S, BotProcess, SandboxProcess, bare_in_sandbox, bot_in_sandbox
from bench.past import copy_incident
from bot.runtime.waiting import wait_until

INCIDENTS = 50
PAST = 1_000
MINUTES = 5.0
TURNS = 6
STEPS = 80
CLICKS = 5
FLOOD, FLOOD_S = 10_000, 60.0
# Slack retries an unacknowledged event after a minute.
RETRIED_WITHIN_S = 90
ATTEMPTS, TRY_AGAIN = 20, "Please try again"
RATIO = 3.0
GROWTH = 1.1
# A pool adds one more when first needed: a thread, or a connection to SQLite, which has three files open.
MORE_THREADS, MORE_DESCRIPTORS = 5, 10


def measure(folder: Path, minutes: float = MINUTES) -> Sequence[Figure]:
    """Measure the crowd, the crowd with a past, and the flood; `minutes` for each crowd."""
    with (
        bot_in_sandbox(folder / "bot", _playbooks(folder)) as (sandbox, bot),
        bare_in_sandbox(folder / "bare", INCIDENTS) as bare_sandbox,
    ):
        closed = _closed_incident(sandbox, bot)
        declarations.declare(sandbox, INCIDENTS, "open")
        bot.wait_until_settled(INCIDENTS + 1)
        opened = [name for name in sandbox.incident_channels() if name != closed]
        crowds = Crowd(sandbox, opened), Crowd(bare_sandbox, bare_sandbox.incident_channels())
        load = Load(bot, *crowds, 60 * minutes / TURNS)
        figures = load.figures("50 incidents × 20 people")
        rows = load.rows_of_a_click()
        copied = copy_incident(bot.database_url.removeprefix("sqlite:///"), 1, PAST)
        figures += [Figure("rows of 1,000 closed incidents", [copied], "rows")]
        figures += load.figures("1,000 in the past")
        more = [after - before for before, after in zip(rows, load.rows_of_a_click(), strict=True)]
        figures += [
            Figure("rows of a click", rows, "rows"),
            Figure("… more with 1,000 in the past", more, "rows", 0),
        ]
        return [*figures, *load.flood(min(1.0, minutes / MINUTES))]


def _playbooks(folder: Path) -> Path:
    """Write a playbook with the maximum number of steps."""
    steps = [{"id": f"step-{n}", "title": f"Step {n}"} for n in range(1, STEPS + 1)]
    phases = [{"id": "work", "title": "Work on it", "steps": steps}]
    made = folder / "playbooks"
    made.mkdir()
    text = yaml.safe_dump({"title": "A long playbook", "summary": "To be clicked through.", "phases": phases})
    (made / "generic.yaml").write_text(text)
    return made


def _closed_incident(sandbox: SandboxProcess, bot: BotProcess) -> str:
    """Open an incident, give it some history, and close it with its post-mortem. Returns its channel."""
    sandbox.post("types", by="ana", text=f"{COMMAND} declare S2 past is down", channel="general")
    bot.wait_until_settled(1)
    (channel,) = sandbox.incident_channels()
    for number in range(20):
        sandbox.post("says", by="ana", text=WORDS.format(number), channel=channel)
        if number < 10:
            sandbox.post("clicks", by="ana", action_id=BUTTON, channel=channel)
    for command in ("status mitigated calls go to Cebu", "resolve all is well", "close"):
        _types(sandbox, command, channel)
    bot.wait_until(lambda: bot.count(internals.postmortem_shared(1)) > 0)
    bot.wait_until_settled(1)
    return channel


def _types(sandbox: SandboxProcess, command: str, channel: str) -> None:
    """Type a command, repeating it while the answer says so: a busy machine refuses what it cannot do in time."""
    for _ in range(ATTEMPTS):
        if TRY_AGAIN not in sandbox.post("types", by="ana", text=f"{COMMAND} {command}", channel=channel)["text"]:
            return


@dataclass(frozen=True)
class Size:
    """The resources held by the bot's process."""

    rss: float
    threads: int
    descriptors: int


class Load:
    """The bot and the bare app, each with its crowd."""

    def __init__(self, bot: BotProcess, crowd: Crowd, bare: Crowd, turn_s: float) -> None:
        self._bot, self._crowd, self._bare, self._turn_s = bot, crowd, bare, turn_s
        self._process = psutil.Process(bot.process.pid)

    def figures(self, name: str) -> list[Figure]:
        """Run turns of both crowds, and count what became of everything."""
        messages, steps = self._bot.count(internals.MESSAGES_RECORDED), self._bot.count(internals.STEPS_DONE)
        lives, bare_lives, sizes = list[Lived](), list[Lived](), list[Size]()
        for _ in range(TURNS):
            lives.append(self._crowd.live(self._turn_s))
            self._settle()
            sizes.append(self._size())
            bare_lives.append(self._bare.live(self._turn_s))
        said, clicked = (
            sum(life.messages for life in lives),
            len(frozenset().union(*(life.steps for life in lives))),
        )
        lost = said - (self._bot.count(internals.MESSAGES_RECORDED) - messages)
        undone = clicked - (self._bot.count(internals.STEPS_DONE) - steps)
        return [
            Figure(f"{name}: messages said", [said], "messages"),
            Figure("… steps clicked", [clicked], "steps"),
            Figure("… messages that are not kept", [lost], "messages", 0),
            Figure("… steps that are not done", [undone], "steps", 0),
            Figure("… not acknowledged", [sum(life.unacknowledged for life in lives)], "deliveries", 0),
            *_waits("a click", [life.click_p99_ms for life in lives], [life.click_p99_ms for life in bare_lives]),
            *_waits("an event", [life.event_p99_ms for life in lives], [life.event_p99_ms for life in bare_lives]),
            *_flatness(sizes),
        ]

    def flood(self, share: float) -> list[Figure]:
        """Send ten thousand messages in one minute to one channel, with commands meanwhile."""
        count, seconds = round(FLOOD * share), FLOOD_S * share
        before, size = self._bot.count(internals.MESSAGES_RECORDED), self._size()
        of_bot = flooded(self._crowd, count, seconds)

        def kept() -> int:
            return self._bot.count(internals.MESSAGES_RECORDED) - before

        wait_until(lambda: kept() >= count, RETRIED_WITHIN_S, every_s=POLL_EVERY_S)
        self._settle()
        of_bare = flooded(self._bare, count, seconds)
        return [
            Figure(f"{count:,} messages in one channel, all said after", [of_bot.said_s, of_bare.said_s], "s"),
            Figure("… messages that are not kept", [count - kept()], "messages", 0),
            *_waits("a command meanwhile", [of_bot.command_p99_ms], [of_bare.command_p99_ms]),
            Figure("… memory afterwards ÷ before", [self._size().rss / size.rss], "", GROWTH),
        ]

    def rows_of_a_click(self) -> list[float]:
        """The number of rows, in all tables, that each of some clicks adds."""
        return [self._rows_of(click) for click in range(CLICKS)]

    def _rows_of(self, click: int) -> float:
        before = self._rows()
        self._crowd.sandbox.post("clicks", by="p1", action_id=BUTTON, channel=self._crowd.channels[click])
        self._settle()
        return self._rows() - before

    def _rows(self) -> int:
        tables = [f'(SELECT count(*) FROM "{name}")' for name in self._bot.names(internals.TABLES)]
        return self._bot.count(f"SELECT {' + '.join(tables)}")

    def _settle(self) -> None:
        self._bot.wait_until_settled(INCIDENTS + 1)
        self._crowd.sandbox.post("quiet", timeout=TIMEOUT_S)

    def _size(self) -> Size:
        return Size(self._process.memory_info().rss / 1e6, self._process.num_threads(), self._process.num_fds())


def _waits(what: str, waits: Sequence[float], bare_waits: Sequence[float]) -> list[Figure]:
    return [
        Figure(f"… acknowledgement of {what}, p99", waits, "ms"),
        Figure("… of the bare app", bare_waits, "ms"),
        Figure("… ÷ the bare app's", ratios(waits, bare_waits), "", RATIO),
    ]


def _flatness(sizes: Sequence[Size]) -> list[Figure]:
    """Compare the sizes after the first turn and after the last."""
    first, last = sizes[0], sizes[-1]
    return [
        Figure("… memory after each turn", [size.rss for size in sizes], "MB"),
        Figure("… memory after the last turn ÷ after the first", [last.rss / first.rss], "", GROWTH),
        Figure("… threads more", [last.threads - first.threads], "threads", MORE_THREADS),
        Figure("… descriptors more", [last.descriptors - first.descriptors], "descriptors", MORE_DESCRIPTORS),
    ]
