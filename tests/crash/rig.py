"""A workspace, a database, and a bot that is killed and started again."""

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
from tests.crash.process import Moment, live
from tests.crash.saved_states import Save, SavedState
from tests.floors import with_two_audiences
from tests.forked import CONTEXT

# The first loads and uses everything before it is forked, perhaps on a busy machine.
STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 40
WAITS_AT_MOST = 50
# As Linux names the state of a thread.
STOPPED = "T"
PLAYBOOKS = Path(__file__).parent / "playbooks"


class BotProcess:
    """A bot in a process of its own."""

    def __init__(self, settings: dict[str, Any], sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._orders, theirs = CONTEXT.Pipe()
        self._stops, theirs_to_stop = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=live, args=(settings, theirs, theirs_to_stop), daemon=True)
        self._process.start()
        theirs.close()
        theirs_to_stop.close()
        assert self._orders.poll(STARTS_WITHIN_S), "the bot did not start"
        assert self._orders.recv() == "ready"

    def dies(self, moment: Moment, calls: int) -> None:
        """It will be killed after the answer to so many more calls, before the call after them, or at a commit."""
        self._orders.send(("arm", moment, calls))
        self._orders.recv()

    def stops_at_each(self, moment: Moment, look: Callable[[], None]) -> None:
        """From now on it stands still at each place where it could be killed, and something is looked at there."""
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
        """Wait until it has nothing left to do; False when it died on the way.

        What is to be done later is waited for by moving the clock, once every request has arrived.
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
        """Nothing can be done now; gives back how long it is until something is due."""
        self._orders.send(("rest",))
        assert self._orders.poll(ENDS_WITHIN_S), "the bot does not come to rest"
        at_rest, due_at, now = self._orders.recv()
        assert at_rest, "the bot found no end"
        return None if due_at is None else max(due_at - now, timedelta())

    def is_spared(self) -> bool:
        """It will not be killed any more; False when it was killed before it heard so."""
        try:
            self._orders.send(("arm", None, 0))
            self._orders.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            return False
        return True

    def is_suspended_after_a_lease(self) -> None:
        """It will stop, as a machine that sleeps, right after it has leased something of the outbox."""
        self._orders.send(("suspend",))
        self._orders.recv()

    def has_full_disk(self, is_full: bool) -> None:
        """From now on the machine refuses every byte that this process writes into a file; or takes it again."""
        _, hard = resource.prlimit(self._process.pid or 0, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid or 0, resource.RLIMIT_FSIZE, (1 if is_full else hard, hard))

    @property
    def is_healthy(self) -> bool:
        """Does `/healthz` say that the database can be written?"""
        return bool(self._asked("health"))

    @property
    def has_flows_running(self) -> bool:
        """Has any flow a thread?"""
        return bool(self._asked("running"))

    def adopts(self) -> None:
        """What the clock does every quarter of a minute: look for flows that no thread is at."""
        self._asked("adopt")

    def _asked(self, order: str) -> Any:
        self._orders.send((order,))
        assert self._orders.poll(ENDS_WITHIN_S), "the bot does not answer"
        return self._orders.recv()

    @property
    def is_suspended(self) -> bool:
        """Does it stand still, each of its threads?"""
        states = [
            file.read_text().rpartition(")")[2].split()[0]
            for file in Path(f"/proc/{self._process.pid}/task").glob("*/stat")
        ]
        return set(states) == {STOPPED}

    def wakes(self) -> None:
        """It goes on where it stopped."""
        os.kill(self._process.pid or 0, signal.SIGCONT)

    def is_killed(self) -> None:
        """Kill it here and now."""
        self._process.kill()
        self._process.join()

    def is_asked_to_end(self) -> None:
        """SIGTERM, as a deploy sends it; returns when the process has ended."""
        self._process.terminate()
        self._process.join(ENDS_WITHIN_S)
        assert self._process.exitcode is not None, "it did not end"

    @property
    def is_alive(self) -> bool:
        """Does it still run?"""
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
        """Remember the database and the workspace. No bot may live then."""
        assert self._living() == 0
        self.database.engine.dispose()
        return self._saved()

    def sees_a_kill(self) -> SavedState:
        """What a bot that stands still now would leave, killed at this moment; everybody else is at rest.

        A process that is killed leaves its files as they are: what it had written is there, what it was about to
        write is not. They are the same while all of its threads stand still. What it has sent does arrive: the
        sandbox reads what came before this request of ours, and carries it out.
        """
        urllib.request.urlopen(f"{self.sandbox.url}/control/app", timeout=ENDS_WITHIN_S).close()
        self.sandbox.wait_for(lambda: self.sandbox.journal.in_flight == 0)
        return self._saved()

    def _saved(self) -> SavedState:
        assert self._save is not None
        return SavedState.of(self.sandbox, self._save)

    def restores(self, state: SavedState) -> None:
        """Kill every bot and bring back what was saved."""
        for bot in self._bots:
            bot.is_killed()
        # What was on its way to a bot that was killed must not come to the next.
        self.sandbox.wait_until_idle()
        self.database.engine.dispose()
        state.restore(self.sandbox)

    def starts_a_bot(self, replica: str = "local") -> BotProcess:
        """Start a bot; returns when it listens."""
        earlier = list(self.sandbox.socket_mode.connections)
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
                # By the order to come to rest the clock's job runs at once.
                "tick_every_s": 10,
                "retry_first_s": 0.2,
                "retry_longest_s": 1,
            },
            self.sandbox,
        )
        self._bots.append(bot)
        self.sandbox.wait_for(lambda: self._is_connected_beside(earlier))
        return bot

    def _is_connected_beside(self, earlier: list[Connection]) -> bool:
        """Is there a new connection, and none of a bot that was killed? Its envelopes would be lost, as in Slack.

        A bot that is suspended answers no ping, so that its own may have been closed.
        """
        connections = list(self.sandbox.socket_mode.connections)
        is_new = any(all(connection is not old for old in earlier) for connection in connections)
        return is_new and len(connections) <= self._living()

    def _living(self) -> int:
        return sum(bot.is_alive for bot in self._bots)

    def says(self, words: str, channel: str = "general") -> None:
        """Ana types a command; whether the bot lives to acknowledge it is another matter."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").types(words, channel=channel)

    def declares(self, bot: BotProcess, words: str) -> Channel:
        """Ana declares an incident, and the bot finishes all that follows; gives back the incident's channel."""
        known = [channel.id for channel in self.channels()]
        self.says(f"/incident declare {words}")
        assert bot.rests()
        (made,) = [found for found in self.channels() if found.id not in known and found.name.startswith("inc-")]
        return made

    def channel_of(self, number: int) -> Channel:
        """The one channel that was made for an incident."""
        (channel,) = [found for found in self.channels() if found.name.startswith(f"inc-{number}-")]
        return channel

    def comes_to(self, **length: float) -> None:
        """It is so long after the beginning, however far the clock has been moved until now."""
        self.sandbox.clock_offset_s = self._starts_at_s + timedelta(**length).total_seconds()

    def passes(self, **length: float) -> None:
        """So many minutes, hours or days pass."""
        self.sandbox.clock_offset_s += timedelta(**length).total_seconds()

    def presses(self, button: str, value: str) -> None:
        """Ana presses a button in her direct messages; whether the bot lives to answer is another matter."""
        with suppress(TimeoutError):
            self.sandbox.person("ana").clicks(button, channel="dm", value=value)

    def channels(self) -> list[Channel]:
        """Every conversation of the workspace."""
        with self.sandbox.workspace.lock:
            return list(self.sandbox.workspace.channels.values())
