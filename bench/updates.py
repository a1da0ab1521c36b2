"""A thousand open incidents with five audiences: a tick with a hundred updates due, and when these are sent."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench import internals
from bench.figures import Figure, percentile
from bench.harness import PLAYBOOKS, SandboxProcess
from bot import bootstrap
from bot.bootstrap import Bot
from bot.config.settings import Settings
from bot.incidents.tables import Incident
from bot.incidents.ticks import run_ticks
from bot.runtime.clock import utcnow
from bot.updates import deliveries, promise_changes, tables
from bot.updates.tables import Promise

INCIDENTS = 1_000
DUE = 100
ON_TIME = 200
LATENCY_S = 0.15
ROUNDS = 3
# Longer than any limit below, so that a missed figure still shows by how much.
TIMEOUT_S = 240
# Polling takes time from the bot being measured.
POLL_EVERY_S = 0.5
CADENCE = timedelta(hours=1)


def measure(folder: Path) -> Sequence[Figure]:
    """Measure the tick, and the seconds from the promised minute until each update is in its channel."""
    with ManyIncidents(folder) as many:
        ticks = [many.tick_s(DUE) for _ in range(ROUNDS)]
        shared = many.one_channel_s(DUE)
        sent = [many.sent_after_s(ON_TIME) for _ in range(ROUNDS - 1)]
        wrong = many.sent_wrongly()
    late = [percentile(seconds, 0.99) for seconds in sent]
    return [
        Figure("one tick, 1,000 incidents of 5 audiences, 100 updates due", ticks, "s", 1),
        Figure("promised minute → update sent, p99 of 200, 150 ms a call", late, "s", 5),
        Figure("100 updates due into one channel, the last sent", [shared], "s", 120),
        Figure("updates that were sent twice or out of order", [wrong], "updates", 0),
    ]


class ManyIncidents:
    """A sandbox, and a bot with a thousand incidents that ticks only on request."""

    def __init__(self, folder: Path) -> None:
        self._sandbox = SandboxProcess(folder / "workspace")
        self.bot: Bot = bootstrap.build(_settings(self._sandbox, folder))
        self.bot.start()
        self._settle()
        self._add_incidents()

    def __enter__(self) -> "ManyIncidents":
        return self

    def __exit__(self, *failure: object) -> None:
        self.bot.stop()
        self._sandbox.stop()

    def _add_incidents(self) -> None:
        """Add a thousand incidents with a promise to each audience; only those with updates due have a channel."""
        slack, now = self.bot.services.slack, utcnow()
        self._sandbox.post("strict_rates", strict=False)
        channels = [slack.create_channel(f"inc-{n}-line", is_private=False).id for n in range(1, ON_TIME + 1)]
        self._sandbox.post("strict_rates", strict=True)
        with self.bot.services.database.transaction() as session:
            for number in range(1, INCIDENTS + 1):
                session.add(_incident(number, channels[number - 1] if number <= ON_TIME else f"C{number}", now))
            session.flush()
            for number in range(1, INCIDENTS + 1):
                for audience in self.bot.services.floor.audiences:
                    session.add(_promise(number, audience, now))

    def _make_due(self, numbers: Sequence[int], audience: str, at: datetime) -> None:
        with self.bot.services.database.transaction() as session:
            for number in numbers:
                (promise,) = tables.waiting(session, number, audience)
                promise_changes.move(session, promise, at, timedelta(minutes=10))

    def _settle(self) -> None:
        assert self.bot.settle(TIMEOUT_S, POLL_EVERY_S), "the bot did not settle in time"

    def tick_s(self, due: int) -> float:
        """The duration of a tick with this many updates due."""
        now = utcnow()
        self._make_due(range(1, due + 1), "operations", now)
        started = time.perf_counter()
        run_ticks(self.bot.services, now)
        seconds = time.perf_counter() - started
        self._settle()
        return seconds

    def one_channel_s(self, due: int) -> float:
        """The seconds until the last of this many updates is in the channel that they all share."""
        now = utcnow()
        self._make_due(range(1, due + 1), "executives", now)
        run_ticks(self.bot.services, now)
        self._settle()
        return max(self._sent_after(now, "executives", range(1, due + 1)))

    def sent_after_s(self, due: int) -> list[float]:
        """The seconds from the promised minute until each is sent, in a workspace that takes 150 ms for a call."""
        numbers = range(1, due + 1)
        self._sandbox.post("latency", seconds=LATENCY_S)
        now = utcnow()
        self._make_due(numbers, "operations", now)
        now = utcnow()
        run_ticks(self.bot.services, now)
        self._settle()
        self._sandbox.post("latency", seconds=0)
        return self._sent_after(now, "operations", numbers)

    def _sent_after(self, now: datetime, audience: str, numbers: Sequence[int]) -> list[float]:
        """The seconds until each update was in its channel, by the messages' timestamps."""
        with self.bot.services.database.reading() as session:
            sent = [tables.last_sent(session, number, audience) for number in numbers]
            timestamps = [deliveries.of_promise(session, promise)[0].ts for promise in sent if promise]
        assert len(timestamps) == len(numbers), "an update was not sent"
        return [float(ts) - now.timestamp() for ts in timestamps if ts]

    def sent_wrongly(self) -> int:
        """Count updates sent more than once, or after one to the same audience that was promised later."""
        posts = [call for call in self._sandbox.get("calls") if call["method"] == "chat.postMessage"]
        taken = sorted((call for call in posts if call["answer"].get("ok")), key=lambda call: call["at"])
        keys = [key for call in taken if (key := _key(call)).startswith("update:")]
        assert len(keys) >= ROUNDS * DUE
        wrong = sum(times - 1 for times in Counter(keys).values())
        latest: dict[str, int] = {}
        for key in keys:
            audience, _, number = key.rpartition(":")[0].rpartition(":")
            wrong += int(number) < latest.get(audience, 0)
            latest[audience] = int(number)
        return wrong


def _key(call: dict[str, Any]) -> str:
    return str(call["args"].get("metadata", {}).get("event_payload", {}).get("key", "")).removesuffix(":batch")


def _settings(sandbox: SandboxProcess, folder: Path) -> Settings:
    return internals.settings(sandbox.environment, folder, floor_file=_floor(folder), playbooks_dir=PLAYBOOKS)


def _floor(folder: Path) -> Path:
    """The shipped floor, with updates only to the incident's own channel: the shared one has its own figure."""
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
