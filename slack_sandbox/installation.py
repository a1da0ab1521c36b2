"""An app installed in a workspace: what the parts of the sandbox share."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from slack_sandbox import persistence
from slack_sandbox.clock import Clock
from slack_sandbox.delays import Delays
from slack_sandbox.delivery import Deliveries
from slack_sandbox.faults import Fault, Faults
from slack_sandbox.http_delivery import HttpDelivery
from slack_sandbox.identity import new_identity
from slack_sandbox.journal import Journal
from slack_sandbox.late_requests import LateRequests
from slack_sandbox.manifest import PERMISSIVE, read_manifest
from slack_sandbox.model import Json
from slack_sandbox.periodic_tasks import PeriodicTasks
from slack_sandbox.person import Person
from slack_sandbox.rate_limits import RateLimits
from slack_sandbox.records import Call, Envelope
from slack_sandbox.server import HOST, Server
from slack_sandbox.socket_mode import SocketMode
from slack_sandbox.waiting import wait_for, wait_through
from slack_sandbox.workspace import Workspace

_QUIET_S = 0.05
_ANSWERS_WITHIN_S = 5


class Installation:
    """A local Slack workspace with one installed app. `Sandbox` serves it."""

    def __init__(
        self,
        manifest: Json | None = None,
        data: Path | None = None,
        port: int = 0,
        strict_rates: bool = False,
        clock_file: Path | None = None,
    ) -> None:
        self.app = read_manifest(manifest or PERMISSIVE)
        kept = persistence.load(data) if data else None
        self.identity = persistence.identity(kept) if kept else new_identity()
        self.strict_rates = strict_rates
        self.latency_s = 0.0
        self.clock = Clock(clock_file)
        self.workspace = Workspace(self.app, self.clock)
        self.journal = Journal(self.workspace)
        self.faults = Faults()
        self.late_requests = LateRequests(self.workspace)
        self.delays = Delays(self.workspace)
        self.rates = RateLimits(self.clock.now)
        self.socket_mode = SocketMode(lambda: self.workspace.touch("connection"))
        self.deliveries = Deliveries(self.workspace, self.socket_mode)
        if kept:
            persistence.restore(self.workspace, kept)
        self._periodic_tasks = PeriodicTasks(self.workspace, self.late_requests, data, asdict(self.identity))
        self._offline = False
        # Slack shares a file some time after answering `files.completeUploadExternal`.
        self.files_shared_after_s = 0.02
        self._server = Server(port)

    # Server

    def serve(self, app: ASGIApp) -> None:
        """Serve in a background thread; returns once connections are accepted."""
        self._server.listen()
        self.workspace.response_urls.base = self.url
        self.workspace.new_socket_url = self._new_socket_url
        self.workspace.afterwards = self._afterwards
        self._server.start(app, self._periodic_tasks.run())
        self.deliveries.loop = self._server.loop

    def stop(self) -> None:
        self._server.stop()
        self._periodic_tasks.save()

    def _new_socket_url(self) -> str:
        return f"ws://{HOST}:{self._server.port}/link/?ticket={self.socket_mode.new_ticket()}"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.port}"

    @property
    def bot_token(self) -> str:
        return self.identity.bot_token

    @property
    def app_token(self) -> str:
        return self.identity.app_token

    @property
    def signing_secret(self) -> str:
        return self.identity.signing_secret

    # People and records

    def person(self, name: str) -> Person:
        return Person(self.workspace, self.deliveries, self.workspace.person(name).id)

    @property
    def calls(self) -> list[Call]:
        return self.journal.calls

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.journal.calls if call.method == method]

    def clear_calls(self) -> None:
        self.journal.calls.clear()

    @property
    def refusals(self) -> list[Call]:
        """Malformed calls and acknowledgements; expected to be empty after every demo."""
        return [c for c in (*self.journal.calls, *self.deliveries.refused) if c.is_refusal]

    @property
    def envelopes(self) -> list[Envelope]:
        return self.deliveries.envelopes

    # Delivery to the app

    @property
    def events_url(self) -> str | None:
        """The URL that receives signed requests; None means Socket Mode."""
        transport = self.deliveries.transport
        return transport.url if isinstance(transport, HttpDelivery) else None

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        if url is None:
            self.deliveries.transport = self.socket_mode
            return
        transport = HttpDelivery(url, self.signing_secret)
        transport.verify()
        self.deliveries.transport = transport

    @property
    def retry_delays_s(self) -> Sequence[float]:
        """The delays before each retry of an unacknowledged event, in seconds."""
        return self.deliveries.retry_delays_s

    @retry_delays_s.setter
    def retry_delays_s(self, delays_s: Sequence[float]) -> None:
        self.deliveries.retry_delays_s = delays_s

    @property
    def ack_deadline_s(self) -> float:
        """The seconds that the app has to acknowledge."""
        return self.deliveries.ack_deadline_s

    @ack_deadline_s.setter
    def ack_deadline_s(self, seconds: float) -> None:
        self.deliveries.ack_deadline_s = seconds

    def refresh_connections(self, reason: str = "refresh_requested") -> None:
        """Ask the app to open new Socket Mode connections, as Slack does every few hours."""
        self._server.submit(self.socket_mode.disconnect(reason)).result(_ANSWERS_WITHIN_S)

    def _afterwards(self, work: Callable[[], None]) -> None:
        """Run the work a moment after the answer; until then the sandbox is not idle."""
        if self.workspace.is_late:
            work()
            return
        self.journal.in_flight += 1

        def run() -> None:
            with self.workspace.lock:
                try:
                    work()
                finally:
                    self.journal.in_flight -= 1
                    self.journal.last_at = time.monotonic()
                    self.workspace.touch("afterwards")

        loop = self._server.loop
        assert loop is not None
        loop.call_soon_threadsafe(loop.call_later, self.files_shared_after_s, run)

    def drop_connections(self) -> None:
        """Cut every Socket Mode connection without notice, as a network failure would."""
        self._server.submit(self.socket_mode.close()).result(_ANSWERS_WITHIN_S)

    def reset(self) -> None:
        """Reset to the initial people and channels, and clear records and faults."""
        self.workspace.seed()
        self.clear_calls()
        self.deliveries.envelopes.clear()
        self.deliveries.refused.clear()
        self.faults.clear()
        self.late_requests.clear()
        self.clock.restart()
        self.workspace.touch("clock", offset_s=0.0)

    # Faults and time

    def fault(self, method: str, kind: str, count: int = 1, after: int = 0, **detail: Any) -> None:
        """Make the next calls of a method fail; see `faults.Fault` for the kinds."""
        self.faults.arm(Fault(method, kind, count, after, detail))

    def carry_out_late_requests(self, method: str = "*") -> list[Call]:
        """Carry out the requests held back by a `late` fault now. Returns their calls with the answers."""
        return self.late_requests.carry_out(method)

    def deliver_twice(self, kind: str, count: int = 1) -> None:
        self.deliveries.deliver_twice(kind, count)

    @property
    def offline(self) -> bool:
        return self._offline

    @offline.setter
    def offline(self, value: bool) -> None:
        self._offline = value
        self.socket_mode.accepting = not value
        if value:
            self.drop_connections()

    @property
    def clock_offset_s(self) -> float:
        return self.clock.offset_s

    @clock_offset_s.setter
    def clock_offset_s(self, value: float) -> None:
        self.clock.offset_s = value
        self.late_requests.carry_out_due()
        self.workspace.touch("clock", offset_s=value)

    # Waiting

    @property
    def silent_s(self) -> float:
        """The seconds since the last call or delivery."""
        return time.monotonic() - max(self.journal.last_at, self.deliveries.last_at)

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:
        """Wait until the predicate holds, re-evaluating it after each change; returns its value.

        Only changes of the sandbox trigger this: a predicate about anything else may become true unnoticed.
        """
        return wait_for(self.workspace, predicate, timeout)

    @property
    def activity(self) -> int:
        """The number of calls received and deliveries begun; it never decreases.

        An app without pending work is at rest if this number stays the same and the sandbox is idle, so there is no
        need to wait for a silence.
        """
        return self.journal.begun + self.deliveries.begun

    @property
    def is_idle(self) -> bool:
        """Whether every delivery is settled and every call is answered."""
        return not (self.deliveries.outstanding or self.journal.in_flight)

    def wait_until_idle(self, timeout: float = 10) -> None:
        """Wait until every delivery is settled and every call is answered."""
        wait_through(self.workspace, lambda: 0.0 if self.is_idle else None, timeout)

    def quiet(self, timeout: float = 10) -> None:
        """Wait until the sandbox is idle and no call has arrived for a moment."""
        wait_through(self.workspace, self._quiet_in_s, timeout)

    def _quiet_in_s(self) -> float | None:
        last_at = max(self.journal.last_at, self.deliveries.last_at)
        return last_at + _QUIET_S - time.monotonic() if self.is_idle else None
