"""Deliveries to the app: commands, interactions and events, their deadlines and retries."""

import asyncio
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol

from slack_sandbox.errors import Refused
from slack_sandbox.events import wrapped
from slack_sandbox.model import Json
from slack_sandbox.records import Call, Envelope, keep
from slack_sandbox.workspace import Workspace

ACK_DEADLINE_S = 3.0
# Slack retries an event at once, after a minute and after five.
RETRY_DELAYS_S = (0.0, 60.0, 300.0)


class Undelivered(Exception):
    """The app did not acknowledge; the argument is Slack's reason for a retry."""


class Transport(Protocol):
    """Delivers one envelope to the app and returns the payload of its acknowledgement."""

    timeout_reason: str

    async def deliver(self, envelope: Envelope) -> Json: ...


class Deliveries:
    """Sends envelopes from any thread, counts the unacknowledged ones, retries events."""

    def __init__(self, workspace: Workspace, transport: Transport) -> None:
        self._workspace = workspace
        self.transport = transport
        self.loop: asyncio.AbstractEventLoop | None = None
        self.ack_deadline_s = ACK_DEADLINE_S
        self.retry_delays_s: Sequence[float] = RETRY_DELAYS_S
        self.envelopes: list[Envelope] = []
        self.refused: list[Call] = []
        self.begun = 0
        self.outstanding = 0
        self.last_at = 0.0
        self._twice: dict[str, int] = {}
        workspace.deliver_event = self.send_event

    def deliver_twice(self, kind: str, count: int = 1) -> None:
        """Deliver the next `count` envelopes of this type, or events of this name, a second time."""
        self._twice[kind] = self._twice.get(kind, 0) + count

    def send(self, kind: str, payload: Json) -> "Future[Envelope]":
        """Send a command or an interaction; the future yields the envelope once it is settled."""
        envelope = self._new(kind, payload)
        sent = self._start(envelope)
        if self._is_delivered_twice(kind, payload):
            self._start(self._new(kind, payload))
        return sent

    def send_event(self, event: Json) -> None:
        payload = wrapped(event, self._workspace.clock.now())
        self._start(self._new("events_api", payload))
        if self._is_delivered_twice("events_api", payload):
            self._start(self._new("events_api", payload))

    def refuse(self, kind: str, answer: Json, refusal: Refused) -> None:
        """Record that the payload of an acknowledgement was malformed."""
        refused: Json = {"ok": False, "error": refusal.error, **refusal.fields}
        self.refused.append(Call(f"acknowledgement of {kind}", answer, answer=refused))

    def _new(self, kind: str, payload: Json) -> Envelope:
        return Envelope(secrets.token_hex(16), kind, payload)

    def _is_delivered_twice(self, kind: str, payload: Json) -> bool:
        for name in (kind, str(payload.get("type")), str(payload.get("event", {}).get("type"))):
            if self._twice.get(name, 0) > 0:
                self._twice[name] -= 1
                return True
        return False

    def _start(self, envelope: Envelope) -> "Future[Envelope]":
        if self.loop is None or self.loop.is_closed():
            envelope.error = "dispatch_failed"
            failed: Future[Envelope] = Future()
            failed.set_result(envelope)
            return failed
        with self._workspace.lock:
            self.begun += 1
            self.outstanding += 1
            keep(self.envelopes, envelope)
        return asyncio.run_coroutine_threadsafe(self._attempt(envelope), self.loop)

    async def _attempt(self, envelope: Envelope) -> Envelope:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.ack_deadline_s):
                envelope.answer = await self.transport.deliver(envelope)
            envelope.acknowledged = True
        except TimeoutError:
            envelope.error = self.transport.timeout_reason
        except Undelivered as reason:
            envelope.error = str(reason)
        finally:
            envelope.ms = (time.perf_counter() - started) * 1000
            self._settle(envelope)
        return envelope

    def _settle(self, envelope: Envelope) -> None:
        if envelope.error and envelope.kind == "events_api" and envelope.error != "no_retry":
            self._retry_later(envelope)
        with self._workspace.lock:
            self.outstanding -= 1
            self.last_at = time.monotonic()
            self._workspace.touch("envelope", id=envelope.id)

    def _retry_later(self, envelope: Envelope) -> None:
        if envelope.attempt >= len(self.retry_delays_s) or self.loop is None:
            return
        again = replace(
            self._new(envelope.kind, envelope.payload), attempt=envelope.attempt + 1, reason=envelope.error
        )
        self.loop.call_later(self.retry_delays_s[envelope.attempt], self._start, again)
