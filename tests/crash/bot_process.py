"""A bot in a process of its own, which is stopped and killed, and takes orders on its way."""

import os
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.runtime.waiting import wait_until
from slack_sandbox import Sandbox
from tests.crash.process import Moment, live, stacks_file
from tests.forked import CONTEXT

# The first bot loads and uses everything before it is forked, perhaps on a busy machine.
STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 40
WRITES_STACKS_WITHIN_S = 1
WAITS_AT_MOST = 50
# Linux's code for the state of a stopped thread.
STOPPED = "T"


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
