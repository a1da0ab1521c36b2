"""A workspace, a database, and bots that are killed and started again."""

import os
import resource
import signal
import threading
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.runtime.database import Database
from bot.runtime.waiting import wait_until
from slack_sandbox import Sandbox
from slack_sandbox.model import Channel
from slack_sandbox.socket_mode import Connection
from tests.clock import workday_clock
from tests.crash.process import Moment, live, stacks_file
from tests.crash.saved_states import Save, SavedState
from tests.floors import with_two_audiences
from tests.forked import CONTEXT

# The first bot loads and uses everything before it is forked, perhaps on a busy machine.
STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 40
WRITES_STACKS_WITHIN_S = 1
WAITS_AT_MOST = 50
# Linux's code for the state of a stopped thread.
STOPPED = "T"
PLAYBOOKS = Path(__file__).parent / "playbooks"


class BotProcess:
    """A bot in its own process."""

    def __init__(self, settings: dict[str, Any], sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._stacks_file = stacks_file(settings)
        self._orders, child_orders = CONTEXT.Pipe()
        self._stops, child_stops = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=live, args=(settings, child_orders, child_stops), daemon=True)
        self._process.start()
        child_orders.close()
        child_stops.close()
        assert self._orders.poll(STARTS_WITHIN_S), "the bot did not start"
        assert self._orders.recv() == "ready"

    def dies(self, moment: Moment, calls: int) -> None:
        """Have it killed after the response to that many more calls, before the call after them, or at a commit."""
        self._orders.send(("arm", moment, calls))
        self._orders.recv()

    def stops_at_each(self, moment: Moment, look: Callable[[], None]) -> None:
        """From now on stop it at each place where it could be killed, and call `look` there."""
        self._orders.send(("stop", moment))
        self._orders.recv()
        threading.Thread(target=self._look_at_stops, args=(look,), name="looks at stops", daemon=True).start()

    def _look_at_stops(self, look: Callable[[], None]) -> None:
        with suppress(EOFError, ConnectionError):
            while self._stops.recv_bytes():
                assert wait_until(lambda: self.is_suspended, ENDS_WITHIN_S, every_s=0.0005)
                look()
                self.wakes()

    def rests(self) -> bool:
        """Wait until it has nothing left to do; False if it died on the way.

        Once every request has arrived, the clock is moved to reach work that is due later.
        """
        try:
            for _ in range(WAITS_AT_MOST):
                next_due = self._rests_until()
                if next_due is None:
                    # Slack shows a file a moment after it has answered.
                    self._sandbox.wait_for(self._has_answered_all)
                    return True
                self._sandbox.wait_until_idle()
                self._sandbox.clock_offset_s += next_due.total_seconds()
        except (EOFError, ConnectionError):
            self._process.join()
            return False
        raise AssertionError("the bot found no end")

    def _has_answered_all(self) -> bool:
        return self._sandbox.journal.in_flight == 0

    def _rests_until(self) -> timedelta | None:
        """Wait until nothing can be done now; return the time until something is due."""
        self._orders.send(("rest",))
        assert self._orders.poll(ENDS_WITHIN_S), "the bot does not come to rest"
        at_rest, due_at, now = self._orders.recv()
        assert at_rest, "the bot found no end"
        return None if due_at is None else max(due_at - now, timedelta())

    def is_spared(self) -> bool:
        """Cancel the kill; False if it was killed before it got the order."""
        try:
            self._orders.send(("arm", None, 0))
            self._orders.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            return False
        return True

    def is_suspended_after_a_lease(self) -> None:
        """Have it stop, like a machine that sleeps, right after it has leased something from the outbox."""
        self._orders.send(("suspend",))
        self._orders.recv()

    def has_full_disk(self, is_full: bool) -> None:
        """Make the machine refuse every byte that this process writes into a file, or accept writes again."""
        _, hard = resource.prlimit(self._process.pid or 0, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid or 0, resource.RLIMIT_FSIZE, (1 if is_full else hard, hard))

    @property
    def is_healthy(self) -> bool:
        """Whether `/healthz` says that the database can be written."""
        return bool(self._asked("health"))

    @property
    def has_flows_running(self) -> bool:
        """Whether any flow has a thread."""
        return bool(self._asked("running"))

    def adopts(self) -> None:
        """Do what the clock does every quarter of a minute: adopt flows that no thread is running."""
        self._asked("adopt")

    def takes_over(self) -> None:
        """Do what is done every five seconds: continue what dead replicas have begun."""
        self._asked("take over")

    def takes_for_dead_after(self, silent_s: float) -> None:
        """Count a replica as dead that has been silent for that long, not only after the usual time."""
        self._asked("silence", silent_s)

    def ticks(self) -> None:
        """Begin what is due, as the clock does; it goes on after this."""
        self._asked("tick")

    def _asked(self, order: str, *arguments: object) -> Any:
        self._orders.send((order, *arguments))
        assert self._orders.poll(ENDS_WITHIN_S), "the bot does not answer"
        return self._orders.recv()

    @property
    def is_suspended(self) -> bool:
        """Whether all of its threads are stopped."""
        states = [
            file.read_text().rpartition(")")[2].split()[0]
            for file in Path(f"/proc/{self._process.pid}/task").glob("*/stat")
        ]
        return set(states) == {STOPPED}

    def wakes(self) -> None:
        """Continue where it stopped."""
        os.kill(self._process.pid or 0, signal.SIGCONT)

    def is_killed(self) -> None:
        """Kill it now."""
        self._process.kill()
        self._process.join()

    def is_asked_to_end(self) -> None:
        """Send SIGTERM, as a deploy does; return when the process has ended."""
        self._process.terminate()
        self._process.join(ENDS_WITHIN_S)
        assert self._process.exitcode is not None, f"it did not end:\n{self._stacks()}"

    def _stacks(self) -> str:
        os.kill(self._process.pid or 0, signal.SIGUSR1)
        self._process.join(WRITES_STACKS_WITHIN_S)
        return self._stacks_file.read_text(encoding="utf-8")

    @property
    def is_alive(self) -> bool:
        """Whether it is still running."""
        return self._process.is_alive()


class Rig:
    """A workspace, a database, and the bots that work on it."""

    def __init__(
        self, folder: Path, database_url: str, workspace: Path | None = None, save: Save | None = None
    ) -> None:
        self._save = save
        self.sandbox = Sandbox(data=workspace, clock_file=workday_clock(folder))
        self._starts_at_s = self.sandbox.clock_offset_s
        self.database = Database(database_url)
        self.database_url = database_url
        self._clock_file = folder / "clock"
        self.floor_file = with_two_audiences(folder)
        self._bots: list[BotProcess] = []

    def __enter__(self) -> Self:
        self.sandbox.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for bot in self._bots:
            bot.is_killed()
        self.database.close()
        self.sandbox.stop()

    def saves(self) -> SavedState:
        """Save the database and the workspace. No bot may be running."""
        assert self._living() == 0
        self.database.engine.dispose()
        return self._saved()

    def sees_a_kill(self) -> SavedState:
        """The state that a bot, stopped now, would leave if killed at this moment; everything else is at rest.

        A killed process leaves its files as they are: what it had written is there, what it was about to write is
        not. They do not change while all its threads are stopped. What it has sent does arrive: the sandbox reads
        the requests before this one and carries them out.
        """
        urllib.request.urlopen(f"{self.sandbox.url}/control/app", timeout=ENDS_WITHIN_S).close()
        journal = self.sandbox.journal
        is_over = wait_until(lambda: journal.in_flight == 0, ENDS_WITHIN_S, every_s=0.001)
        assert is_over, f"still being carried out: {[call.method for call in journal.calls if not call.ms]}"
        return self._saved()

    def _saved(self) -> SavedState:
        assert self._save is not None
        return SavedState.of(self.sandbox, self._save)

    def restores(self, state: SavedState) -> None:
        """Kill every bot and restore the saved state."""
        for bot in self._bots:
            bot.is_killed()
        # Requests in flight to a killed bot must not reach the next one.
        self.sandbox.wait_until_idle()
        self.database.engine.dispose()
        state.restore(self.sandbox)

    def starts_a_bot(self, replica: str = "local") -> BotProcess:
        """Start a bot; return when it is listening."""
        earlier_connections = list(self.sandbox.socket_mode.connections)
        bot = BotProcess(
            {
                "SLACK_BOT_TOKEN": self.sandbox.bot_token,
                "SLACK_APP_TOKEN": self.sandbox.app_token,
                "SLACK_API_URL": f"{self.sandbox.url}/api/",
                "database_url": self.database_url,
                "clock_file": self._clock_file,
                "playbooks_dir": PLAYBOOKS,
                "floor_file": self.floor_file,
                "replica": replica,
                # The order to come to rest runs the clock's job at once.
                "tick_every_s": 10,
                "retry_first_s": 0.2,
                "retry_longest_s": 1,
            },
            self.sandbox,
        )
        self._bots.append(bot)
        self.sandbox.wait_for(lambda: self._is_connected_beside(earlier_connections))
        return bot

    def _is_connected_beside(self, earlier_connections: list[Connection]) -> bool:
        """Whether there is a new connection and none of a killed bot, whose envelopes would be lost, as in Slack.

        A suspended bot answers no ping, so its own connection may have been closed.
        """
        connections = list(self.sandbox.socket_mode.connections)
        is_new = any(all(connection is not old for old in earlier_connections) for connection in connections)
        return is_new and len(connections) <= self._living()

    def _living(self) -> int:
        return sum(bot.is_alive for bot in self._bots)

    def says(self, words: str, channel: str = "general") -> None:
        """Let Ana type a command, which the bot may not live to acknowledge."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").types(words, channel=channel)

    def declares(self, bot: BotProcess, words: str) -> Channel:
        """Let Ana declare an incident and the bot finish all that follows; return the incident's channel."""
        known_ids = [channel.id for channel in self.channels()]
        self.says(f"/incident declare {words}")
        assert bot.rests()
        (created,) = [
            candidate
            for candidate in self.channels()
            if candidate.id not in known_ids and candidate.name.startswith("inc-")
        ]
        return created

    def channel_of(self, number: int) -> Channel:
        """Return the only channel created for an incident."""
        (channel,) = [candidate for candidate in self.channels() if candidate.name.startswith(f"inc-{number}-")]
        return channel

    def comes_to(self, **length: float) -> None:
        """Set the clock to that long after the beginning, however far it has been moved already."""
        self.sandbox.clock_offset_s = self._starts_at_s + timedelta(**length).total_seconds()

    def passes(self, **length: float) -> None:
        """Let that many minutes, hours or days pass."""
        self.sandbox.clock_offset_s += timedelta(**length).total_seconds()

    def presses(self, button: str, value: str) -> None:
        """Let Ana press a button in her direct messages, which the bot may not live to answer."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").clicks(button, channel="dm", value=value)

    def channels(self) -> list[Channel]:
        """Every conversation of the workspace."""
        with self.sandbox.workspace.lock:
            return list(self.sandbox.workspace.channels.values())
