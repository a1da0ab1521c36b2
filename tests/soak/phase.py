"""One phase: a workspace, a database, its replicas, a crowd among troubles; then rest, and the invariants."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Event

from bot.commands.manifest import manifest
from slack_sandbox import Sandbox
from tests.floors import with_a_bookmark
from tests.soak import bot_logs
from tests.soak.commands import assign_role
from tests.soak.crowd import Crowd
from tests.soak.databases import Database
from tests.soak.disturbances import Disturbances
from tests.soak.evidence import Evidence
from tests.soak.invariants import Violation, violations
from tests.soak.ledger import Ledger, Outcome
from tests.soak.people import Actor, Surroundings
from tests.soak.replicas import Replica
from tests.soak.troubles import STARTING, Troubles

# Slack retries an event at once, after a minute and after five; here the delays are shorter.
RETRY_DELAYS_S = (0.0, 8.0, 20.0)
PROGRESS_EVERY_S = 20
STARTS_WITHIN_S = 240
RESTS_WITHIN_S = 240
RESTS_AT_MOST_S = 1_200
ROUNDS_BEFORE_RETRIES = 2
# The auditor checks every minute, and on a busy machine later.
STANDS_STILL_WITHIN_S = 240
LOOK_AGAIN_S = 1.0
ARRIVE_WITHIN_S = 5
LEADS_WITHIN_S = 60


class NotReady(Exception):
    """The bots did not start, or did not come to rest."""


class Phase:
    """The life of a workspace on one database."""

    def __init__(self, folder: Path, database: Database, seed: int, left_out: tuple[str, ...]) -> None:
        self.database = database
        self.ledger = Ledger()
        self.disturbances = Disturbances()
        self._folder = folder
        self._seed = f"{seed} {database.name}"
        self._begun_at = time.monotonic()
        self._clock = Event()
        self.sandbox = Sandbox(manifest=manifest(), clock_file=folder / "clock")
        self.sandbox.retry_delays_s = RETRY_DELAYS_S
        self.replicas: list[Replica] = []
        self._evidence = Evidence(database.url)
        self._restless: list[Violation] = []
        self._shared = Surroundings(self.sandbox, self.ledger, self.disturbances, self._begun_at)
        self._troubles = Troubles(self, Random(f"{self._seed} troubles"), left_out)

    @property
    def elapsed_s(self) -> float:
        """The seconds since the phase began."""
        return time.monotonic() - self._begun_at

    def run(self, minutes: float, say: Callable[[str], None]) -> list[Violation]:
        """Live for that long, then return the violations."""
        self.sandbox.start()
        try:
            self._start()
            self._live(minutes, say)
            say("everything is mended; coming to rest")
            self._mend()
            self._rest()
            self._lead_everything()
            self._rest()
            self.time_passes(minutes=30)
            self._rest()
            self._stand_still()
            broken = list(violations(self.sandbox, self._evidence, self.ledger))
            return [*self._restless, *broken, *self._audit_violations(), *self._log_violations()]
        finally:
            for replica in self.replicas:
                replica.close()
            self._evidence.close()
            self.sandbox.stop()

    def time_passes(self, **length: float) -> str | None:
        """Move everybody's clock on; return None when it cannot be moved now."""
        passed = timedelta(**length)
        if not self._wait_until(self._is_nothing_on_its_way, ARRIVE_WITHIN_S):
            return None
        self.sandbox.clock_offset_s += passed.total_seconds()
        self.ledger.counts["minutes of the clock"] += int(passed.total_seconds() / 60)
        return f"{passed.total_seconds() / 60:.0f} min"

    def _is_nothing_on_its_way(self) -> bool:
        """True if no request waits for its answer, and no suspended replica holds a lease.

        When woken, that replica would send a row that another has taken over: if the minutes passed one by one, it
        would not have slept.
        """
        self.sandbox.carry_out_late_requests()
        self.sandbox.delays.release()
        suspended = [replica.name for replica in self.replicas if replica.is_stopped]
        now = datetime.fromtimestamp(self.sandbox.clock.now(), UTC)
        return not (self.sandbox.journal.in_flight or (suspended and self._evidence.leases_of(suspended, now)))

    def _start(self) -> None:
        settings = {
            "SLACK_BOT_TOKEN": self.sandbox.bot_token,
            "SLACK_APP_TOKEN": self.sandbox.app_token,
            "SLACK_API_URL": f"{self.sandbox.url}/api/",
            "database_url": self.database.url,
            "clock_file": self._folder / "clock",
            "floor_file": with_a_bookmark(self._folder),
            "tick_every_s": 0.5,
            "retry_first_s": 0.2,
            "retry_longest_s": 2,
        }
        for name in self.database.replicas:
            self.replicas.append(Replica(name, settings, self._folder / f"{name}.log"))
            self.disturbances.begin(STARTING)
        self._wait_for_all()

    def _wait_for_all(self) -> None:
        if not self._wait_until(self._are_all_ready, STARTS_WITHIN_S):
            raise NotReady(f"not every replica is ready: {[replica.name for replica in self.replicas]}")

    def _are_all_ready(self) -> bool:
        self._troubles.start_the_dead()
        return all(replica.is_ready for replica in self.replicas)

    def _live(self, minutes: float, say: Callable[[str], None]) -> None:
        crowd = Crowd(self._shared, self._seed, lambda: self.elapsed_s)
        crowd.start()
        end, said_at = time.monotonic() + 60 * minutes, time.monotonic()
        while time.monotonic() < end:
            self._clock.wait(0.05)
            self._troubles.work()
            if time.monotonic() - said_at > PROGRESS_EVERY_S:
                said_at = time.monotonic()
                say(self._progress())
        crowd.stop()

    def _progress(self) -> str:
        counts = self.ledger.counts
        answers = ", ".join(f"{counts[f'acts {outcome}']} {outcome}" for outcome in Outcome)
        return f"{counts['acts']} acts ({answers}), {len(self.ledger.troubles)} troubles"

    def _mend(self) -> None:
        self._troubles.mend_everything()
        self._wait_for_all()
        # A replica that was starting in the meantime has no armed kill; one that was stopped has the order by now.
        self._troubles.mend_everything()
        self._wait_for_all()
        self._wait_until(self._are_events_settled, sum(RETRY_DELAYS_S) + 10)

    def _are_events_settled(self) -> bool:
        """True if each event has been acknowledged, or tried as often as Slack tries."""
        last = {envelope.payload.get("event_id"): envelope for envelope in self.sandbox.envelopes}
        tries = len(RETRY_DELAYS_S)
        return all(e.acknowledged or e.attempt >= tries for e in last.values() if e.kind == "events_api")

    def _rest(self) -> None:
        """Wait as long as there is progress: a busy machine takes its time after a long life."""
        began = progress_at = time.monotonic()
        least, rounds = sys.maxsize, 0
        while time.monotonic() < min(progress_at + RESTS_WITHIN_S, began + RESTS_AT_MOST_S):
            self._wait_for_all()
            if all(replica.rests() for replica in self.replicas):
                return
            rounds += 1
            remaining = len(self._evidence.left_over())
            if remaining < least:
                least, progress_at = remaining, time.monotonic()
            if rounds >= ROUNDS_BEFORE_RETRIES:
                # Failed work is tried again later, and messages with an unknown outcome are looked for later.
                self.time_passes(minutes=1)
        self._restless.append(Violation("the bots did not come to rest", self._evidence.left_over()))

    def _lead_everything(self) -> None:
        """Give every incident a commander: the lack of one would rightly raise an alarm."""
        ana = Actor("ana", self._shared, Random(0))
        for incident in self._evidence.incidents():
            channels = [c.name for c in ana.me.channels() if c.name.startswith(f"inc-{incident.number}-")]
            if incident.is_over or not channels:
                continue
            ana.me.joins(channels[0])
            self._wait_until(partial(self._lead, ana, incident.number, channels[0]), LEADS_WITHIN_S)

    def _lead(self, actor: Actor, number: int, channel: str) -> bool:
        """Assign the role; retried, because a busy machine may not answer the command."""
        assign_role(actor, channel, "commander", actor.id)
        return number in self._evidence.led()

    def _stand_still(self) -> None:
        """Stop the bots when they have nothing left to do, so that all checks see the same moment.

        Otherwise the clock, which runs on, would give them something to do between two checks.
        """
        end = time.monotonic() + STANDS_STILL_WITHIN_S
        while self._wait_until(self._has_nothing_left, end - time.monotonic()):
            for replica in self.replicas:
                replica.is_sent(signal.SIGSTOP)
            if self._has_nothing_left():
                return
            for replica in self.replicas:
                replica.is_sent(signal.SIGCONT)
            self._clock.wait(LOOK_AGAIN_S)

    def _has_nothing_left(self) -> bool:
        self._troubles.start_the_dead()
        return not (self._evidence.alarms() or self._evidence.left_over())

    def _audit_violations(self) -> list[Violation]:
        """Return what `watchfloor audit verify` reports on the command line."""
        command = (sys.executable, "-m", "bot", "audit", "verify")
        environment = os.environ | {"WATCHFLOOR_DATABASE_URL": self.database.url}
        audit = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return [Violation(f"watchfloor audit verify: {audit.stdout}{audit.stderr}")] if audit.returncode else []

    def _log_violations(self) -> list[Violation]:
        counts = bot_logs.tracebacks(replica.log_file for replica in self.replicas)
        self.ledger.counts["tracebacks that were expected"] = sum(
            times for (_, error), times in counts.items() if error in bot_logs.EXPECTED
        )
        return [Violation(f"traceback: {what}") for what in bot_logs.unexpected(counts)]

    def _wait_until(self, is_true: Callable[[], bool], within_s: float) -> bool:
        end = time.monotonic() + within_s
        while not is_true():
            if time.monotonic() > end:
                return False
            self._clock.wait(0.1)
        return True
