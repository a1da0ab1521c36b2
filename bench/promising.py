"""A thousand open incidents, five audiences each: one tick when a hundred updates are due, and how they leave."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.stage import PLAYBOOKS, Workspace
from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.incidents import ticking
from bot.incidents.tables import Incident
from bot.runtime.clock import utcnow
from bot.updates import deliveries, tables
from bot.updates.tables import Promise

INCIDENTS = 1_000
DUE = 100
ON_TIME = 200
LATENCY_S = 0.15
ROUNDS = 3
# Longer than the longest that is measured may last, which then says by how much.
PATIENCE_S = 240
# The clock's own looks would share the work of the one that is measured.
NO_TICKS_S = 3600.0
# To look costs the bot time that it needs for what is measured.
LOOKS_EVERY_S = 0.5
CADENCE = timedelta(hours=1)


def promises(folder: Path) -> list[Figure]:
    """The tick, and the seconds from the promised minute until each update is in its channel."""
    folder.mkdir()
    with Stand(folder) as stand:
        ticks = [stand.tick_with(DUE) for _ in range(ROUNDS)]
        shared = stand.seconds_in_one_channel(DUE)
        left = [stand.seconds_until_they_leave(ON_TIME) for _ in range(ROUNDS - 1)]
        twice = stand.sent_twice()
    late = [percentile(seconds, 0.99) for seconds in left]
    return [
        Figure("one tick, 1,000 incidents of 5 audiences, 100 updates due", ticks, "s", 1),
        Figure("promised minute → update sent, p99 of 200, 150 ms a call", late, "s", 5),
        Figure("100 updates due into one channel, the last sent", [shared], "s", 120),
        Figure("updates that were sent twice or out of order", [float(twice)], "updates", 0),
    ]


class Stand:
    """A workspace of a thousand incidents, and a bot whose clock ticks when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._workspace = Workspace(folder / "workspace")
        self.bot: Bot = bootstrap.build(_settings(self._workspace, folder))
        self.bot.start()
        self._rests()
        self._open()

    def __enter__(self) -> "Stand":
        return self

    def __exit__(self, *failure: object) -> None:
        self.bot.stop()
        self._workspace.stop()

    def _open(self) -> None:
        """A thousand incidents with a promise to each audience; those that are due have a channel of their own."""
        slack, now = self.bot.services.slack, utcnow()
        self._workspace.order("strict_rates", strict=False)
        channels = [slack.create_channel(f"inc-{n}-line", is_private=False).id for n in range(1, ON_TIME + 1)]
        self._workspace.order("strict_rates", strict=True)
        with self.bot.services.store.transaction() as session:
            for number in range(1, INCIDENTS + 1):
                session.add(_incident(number, channels[number - 1] if number <= ON_TIME else f"C{number}", now))
            session.flush()
            for number in range(1, INCIDENTS + 1):
                for audience in self.bot.services.floor.audiences:
                    session.add(_promise(number, audience, now))

    def _make_due(self, numbers: Sequence[int], audience: str, at: datetime) -> None:
        with self.bot.services.store.transaction() as session:
            for number in numbers:
                (promise,) = tables.waiting(session, number, audience)
                tables.move(session, promise, at, timedelta(minutes=10))

    def _rests(self) -> None:
        assert self.bot.settle(PATIENCE_S, LOOKS_EVERY_S), "the bot does not come to rest"

    def tick_with(self, due: int) -> float:
        """How long the clock's look takes when so many updates are due."""
        now = utcnow()
        self._make_due(range(1, due + 1), "operations", now)
        begun = time.perf_counter()
        ticking.tick(self.bot.services, now)
        seconds = time.perf_counter() - begun
        self._rests()
        return seconds

    def seconds_in_one_channel(self, due: int) -> float:
        """How long until the last of so many updates is in the channel that all of them go to."""
        now = utcnow()
        self._make_due(range(1, due + 1), "executives", now)
        ticking.tick(self.bot.services, now)
        self._rests()
        return max(self._sent_after(now, "executives", range(1, due + 1)))

    def seconds_until_they_leave(self, due: int) -> list[float]:
        """From the promised minute until each is sent, in a workspace that takes its time."""
        numbers = range(1, due + 1)
        self._workspace.order("latency", seconds=LATENCY_S)
        now = utcnow()
        self._make_due(numbers, "operations", now)
        now = utcnow()
        ticking.tick(self.bot.services, now)
        self._rests()
        self._workspace.order("latency", seconds=0)
        return self._sent_after(now, "operations", numbers)

    def _sent_after(self, now: datetime, audience: str, numbers: Sequence[int]) -> list[float]:
        """Seconds until each update stood in its channel, by Slack's own time."""
        with self.bot.services.store.reading() as session:
            sent = [tables.last_sent(session, number, audience) for number in numbers]
            legs = [deliveries.of_promise(session, promise.row)[0].ts for promise in sent if promise]
        assert len(legs) == len(numbers), "every promise is kept"
        return [float(ts) - now.timestamp() for ts in legs if ts]

    def sent_twice(self) -> int:
        """Updates that Slack took more than once, or behind one to the same audience that was promised later."""
        posts = [call for call in self._workspace.look("calls") if call["method"] == "chat.postMessage"]
        taken = sorted((call for call in posts if call["answer"].get("ok")), key=lambda call: call["at"])
        keys = [key for call in taken if (key := _key(call)).startswith("update:")]
        assert len(keys) >= ROUNDS * DUE
        wrong = sum(times - 1 for times in Counter(keys).values())
        newest: dict[str, int] = {}
        for key in keys:
            whose, _, number = key.rpartition(":")[0].rpartition(":")
            wrong += int(number) < newest.get(whose, 0)
            newest[whose] = int(number)
        return wrong


def _key(call: dict[str, Any]) -> str:
    return str(call["args"].get("metadata", {}).get("event_payload", {}).get("key", ""))


def _settings(workspace: Workspace, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        **workspace.environment,
        database_url=f"sqlite:///{folder}/watchfloor.sqlite",
        floor_file=_floor(folder),
        playbooks_dir=PLAYBOOKS,
        tick_every_s=NO_TICKS_S,
    )


def _floor(folder: Path) -> Path:
    """The shipped floor, each incident's updates in its own channel only: a shared one is a row of its own."""
    shipped = Path("floor.yaml").read_text()
    assert "channels: [incident, digest]" in shipped
    file = folder / "floor.yaml"
    file.write_text(shipped.replace("channels: [incident, digest]", "channels: [incident]"))
    return file


def _incident(number: int, channel_id: str, now: datetime) -> Incident:
    return Incident(
        id=number,
        declared_key=str(number),
        title=f"line {number} is down",
        severity="S1",
        declared_by="U0ANA",
        declared_at=now,
        channel_id=channel_id,
    )


def _promise(number: int, audience: str, now: datetime) -> Promise:
    return Promise(
        incident_id=number,
        audience=audience,
        number=1,
        promised_at=now,
        due_at=now + timedelta(days=1),
        cadence_s=int(CADENCE.total_seconds()),
    )
