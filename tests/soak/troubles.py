"""Troubles that are caused on purpose, and their mending."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.crash.process import Moment
from tests.soak.disturbances import Disturbances
from tests.soak.replicas import Replica

if TYPE_CHECKING:
    from tests.soak.phase import Phase

DATABASE = "database"
STARTING = "replica"
METHODS = (
    *("chat.postMessage", "chat.postMessage", "chat.update", "chat.update", "*", "*"),
    *("conversations.create", "conversations.invite", "conversations.setTopic", "conversations.history"),
    *("pins.add", "bookmarks.add", "bookmarks.list", "conversations.open", "conversations.list"),
    *("files.getUploadURLExternal", "files.completeUploadExternal", "views.open", "users.info"),
)
# The bot's client waits 10 s for an answer, and the bot looks for messages of unknown outcome after 15 s.
LATE_S = (1.0, 13.0)
LATE_ANSWERS = ("cut", "error", "wait")
STOPPED_S = (0.3, 9.0)
# A replica that is silent for 18 s counts as dead within half a minute.
TAKEN_OVER_S = (20.0, 35.0)
LONG_STOPS = 0.2
CALM_S = 3.0
STARTS_WITHIN_S = 30
OVERLAPPING = 0.2
SILENCING = ("SIGKILL", "SIGKILL armed", "SIGTERM", "SIGSTOP", "database", "Slack away")


@dataclass(order=True)
class Mending:
    """A repair that is due at a moment."""

    due_at: float
    mend: Callable[[], None] = field(compare=False)


class Troubles:
    """Breaks something every few seconds, and mends it a little later."""

    def __init__(self, phase: "Phase", rng: Random, left_out: tuple[str, ...]) -> None:
        self._phase = phase
        self._rng = rng
        self._mendings: list[Mending] = []
        self._next_at = time.monotonic() + 3
        self._database_away_at = 0.0
        self._choices = {name: weight for name, weight in WEIGHTS.items() if name not in left_out}

    def work(self) -> None:
        """Mend what is due, restart dead replicas, and break something when it is time."""
        now = time.monotonic()
        for mending in sorted(self._mendings):
            if mending.due_at <= now:
                self._mendings.remove(mending)
                mending.mend()
        self.start_the_dead()
        if now >= self._next_at:
            self._next_at = now + self._rng.uniform(0.8, 4.0)
            self._break_something(now)

    def _break_something(self, now: float) -> None:
        (kind,) = self._rng.choices(list(self._choices), list(self._choices.values()))
        # Mostly, people are left alone for a moment: acts that nobody can answer prove little.
        is_calm = self._phase.disturbances.were_none_since(now - CALM_S)
        if kind in SILENCING and not is_calm and self._rng.random() > OVERLAPPING:
            return
        detail = TROUBLES[kind](self, self._rng)
        if detail is not None:
            self._phase.ledger.trouble(self._phase.elapsed_s, kind, detail)

    def mend_everything(self) -> None:
        """Mend everything, and disarm every kill."""
        for mending in sorted(self._mendings):
            mending.mend()
        self._mendings.clear()
        sandbox = self._phase.sandbox
        sandbox.faults.clear()
        sandbox.carry_out_late_requests()
        sandbox.offline = False
        for replica in self._phase.replicas:
            replica.dies_at(None, 0)

    def start_the_dead(self) -> None:
        """Restart ended replicas, as a supervisor does."""
        for replica in self._phase.replicas:
            was_ready, code = replica.is_ready, replica.look()
            disturbances = self._phase.disturbances
            if code is not None:
                self._note_end(replica, code, was_ready)
            if was_ready and not replica.is_ready:
                disturbances.begin(STARTING)
            elif replica.is_ready and not was_ready:
                disturbances.end(STARTING)

    def _note_end(self, replica: Replica, code: int, was_ready: bool) -> None:
        what = "died by a signal" if code < 0 else "ended by itself"
        when = "" if was_ready else " while it started"
        self._phase.ledger.trouble(self._phase.elapsed_s, f"{what}{when}", f"{replica.name} ({code})")
        # A bot cannot start without its database, however long a busy machine takes to try.
        tried_since = time.monotonic() - STARTS_WITHIN_S
        if not was_ready:
            tried_since = min(tried_since, replica.began_at)
        if code > 0 and self._database_away_at < tried_since:
            at_s = f"{self._phase.elapsed_s:.1f} s"
            self._phase.ledger.unexplained_ends.append(f"{replica.name}{when}, exit code {code}, at {at_s}")

    def later(self, seconds: float, mend: Callable[[], None]) -> None:
        """Mend it after that many seconds."""
        self._mendings.append(Mending(time.monotonic() + seconds, mend))

    def a_replica(self) -> Replica | None:
        """Return a replica that is ready and running."""
        able = [replica for replica in self._phase.replicas if replica.is_ready and not replica.is_stopped]
        return self._rng.choice(able) if able else None

    # The troubles. Each returns a description, or None when it cannot be caused just now.

    def kill(self, rng: Random) -> str | None:
        """SIGKILL, now."""
        if (replica := self.a_replica()) is None:
            return None
        replica.is_sent(signal.SIGKILL)
        return replica.name

    def kill_later(self, rng: Random) -> str | None:
        """SIGKILL at a call to Slack or right after a commit."""
        if (replica := self.a_replica()) is None:
            return None
        moments: tuple[Moment, ...] = ("after", "before", "commit", "commit")
        moment, count = rng.choice(moments), rng.randint(1, 8)
        replica.dies_at(moment, count)
        return f"{replica.name}, {moment} {count}"

    def end(self, rng: Random) -> str | None:
        """SIGTERM, as a deploy sends it."""
        if (replica := self.a_replica()) is None:
            return None
        replica.is_sent(signal.SIGTERM)
        return replica.name

    def stop(self, rng: Random) -> str | None:
        """SIGSTOP, and SIGCONT a few seconds later; with several replicas, sometimes only after a takeover."""
        if (replica := self.a_replica()) is None:
            return None
        is_long = len(self._phase.replicas) > 1 and rng.random() < LONG_STOPS
        length_s = rng.uniform(*(TAKEN_OVER_S if is_long else STOPPED_S))
        replica.is_sent(signal.SIGSTOP)
        self._phase.disturbances.begin("stopped")

        def go_on() -> None:
            replica.is_sent(signal.SIGCONT)
            self._phase.disturbances.end("stopped")

        self.later(length_s, go_on)
        return f"{replica.name}, {length_s:.1f} s"

    def database(self, rng: Random) -> str | None:
        """The database is unavailable for a while."""
        disturbances: Disturbances = self._phase.disturbances
        if disturbances.is_active(DATABASE):
            return None
        disturbances.begin(DATABASE)
        self._database_away_at = time.monotonic()
        how, length_s = self._phase.database.go_away(rng), rng.uniform(0.5, 6)

        def come_back() -> None:
            self._phase.database.come_back()
            self._database_away_at = time.monotonic()
            disturbances.end(DATABASE)

        self.later(length_s, come_back)
        return f"{how}, {length_s:.1f} s"

    def slack_refuses(self, rng: Random) -> str:
        """Slack asks to wait, fails, cuts the connection or loses its answer, or a proxy answers in its place."""
        method, count = rng.choice(METHODS), rng.randint(1, 3)
        kind = rng.choice(("rate_limited", "server_error", "refused", "lost_answer", "not_slack"))
        details = {
            "rate_limited": {"retry_after": rng.randint(1, 3)},
            "not_slack": {"status": rng.choice((200, 403, 407, 502)), "carried_out": rng.random() < 0.3},
        }
        detail = details.get(kind, {})
        self._phase.sandbox.fault(method, kind, count, after=rng.randint(0, 5), **detail)
        return f"{kind} {method} × {count}"

    def slack_is_slow(self, rng: Random) -> str:
        """Slack delays some answers."""
        method, length_s = rng.choice(METHODS), rng.uniform(0.5, 5)
        self._phase.sandbox.fault(method, "delay", rng.randint(1, 3), after=rng.randint(0, 5), seconds=length_s)
        return f"{method}, {length_s:.1f} s"

    def slack_is_late(self, rng: Random) -> str:
        """Slack takes a request, gives no good answer, and carries it out later."""
        method, answer, length_s = rng.choice(METHODS), rng.choice(LATE_ANSWERS), rng.uniform(*LATE_S)
        self._phase.sandbox.fault(method, "late", after=rng.randint(0, 3), answer=answer, seconds=length_s)
        return f"{method}, {answer}, {length_s:.1f} s"

    def slack_is_away(self, rng: Random) -> str | None:
        """Nothing reaches Slack, and Slack reaches nobody."""
        if self._phase.sandbox.offline:
            return None
        self._phase.disturbances.begin("offline")
        self._phase.sandbox.offline = True
        length_s = rng.uniform(0.5, 4)

        def come_back() -> None:
            self._phase.sandbox.offline = False
            self._phase.disturbances.end("offline")

        self.later(length_s, come_back)
        return f"{length_s:.1f} s"

    def slack_refreshes(self, rng: Random) -> str:
        """Slack asks for new Socket Mode connections."""
        self._phase.sandbox.refresh_connections()
        return ""

    def slack_repeats(self, rng: Random) -> str:
        """Slack delivers events a second time."""
        count = rng.randint(1, 5)
        self._phase.sandbox.deliver_twice("events_api", count)
        return f"{count} events"

    def minutes(self, rng: Random) -> str | None:
        """Some minutes pass."""
        return self._phase.time_passes(minutes=rng.uniform(1, 15))

    def hours(self, rng: Random) -> str | None:
        """Some hours pass."""
        return self._phase.time_passes(hours=rng.uniform(1, 6))


TROUBLES: dict[str, Callable[[Troubles, Random], str | None]] = {
    "SIGKILL": Troubles.kill,
    "SIGKILL armed": Troubles.kill_later,
    "SIGTERM": Troubles.end,
    "SIGSTOP": Troubles.stop,
    "database": Troubles.database,
    "Slack fault": Troubles.slack_refuses,
    "Slack slow": Troubles.slack_is_slow,
    "Slack late": Troubles.slack_is_late,
    "Slack away": Troubles.slack_is_away,
    "Slack refresh": Troubles.slack_refreshes,
    "events twice": Troubles.slack_repeats,
    "minutes pass": Troubles.minutes,
    "hours pass": Troubles.hours,
}
WEIGHTS = {
    "SIGKILL": 4,
    "SIGKILL armed": 6,
    "SIGTERM": 1,
    "SIGSTOP": 3,
    "database": 2,
    "Slack fault": 7,
    "Slack slow": 3,
    "Slack late": 1,
    "Slack away": 1,
    "Slack refresh": 1,
    "events twice": 2,
    "minutes pass": 7,
    "hours pass": 0.5,
}
