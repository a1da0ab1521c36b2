"""One request and its answer, with the fault that applies to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from slack_sandbox.faults import Fault
from slack_sandbox.http import Answer, drop, json_answer, text_answer
from slack_sandbox.installation import Installation
from slack_sandbox.late_requests import LateRequest
from slack_sandbox.records import Call

PROXY_PAGE = "<!doctype html><title>Sign in</title><p>Your network requires you to sign in."
CarryOut = Callable[[], Answer]
"""Carries the request out and fills in the call's answer and status."""


@dataclass(frozen=True)
class Exchange:
    """A completely received request, and the connection that waits for the answer."""

    sandbox: Installation
    call: Call
    scope: Scope
    receive: Receive
    send: Send

    async def serve(self, carry_out: CarryOut) -> None:
        """Carry out the request and answer it, unless a fault prevents either."""
        fault = self.sandbox.faults.take(self.call.method)
        self.call.fault = fault.kind if fault else ""
        if fault is not None and fault.kind == "delay":
            await self.sandbox.delays.hold(float(fault.detail.get("seconds", 1.0)))
        if self.sandbox.offline or self.call.fault == "refused":
            drop(self.scope)
        elif fault is not None and fault.kind == "late":
            await self._serve_late(carry_out, fault)
        elif fault is not None and fault.kind == "not_slack":
            await self._serve_in_between(carry_out, fault)
        elif fault is not None and (answer := _failure(self.call, fault)) is not None:
            await answer.send(self.send)
        else:
            await self._serve_now(carry_out)

    async def _serve_in_between(self, carry_out: CarryOut, fault: Fault) -> None:
        if fault.detail.get("carried_out"):
            carry_out()
        status = int(fault.detail.get("status", 200))
        body = str(fault.detail.get("body", PROXY_PAGE))
        await Answer(body.encode(), status, {"content-type": "text/html"}).send(self.send)

    async def _serve_now(self, carry_out: CarryOut) -> None:
        answer = carry_out()
        self.sandbox.late_requests.carry_out_after(self.call)
        if self.call.fault == "lost_answer":
            drop(self.scope)
        else:
            await answer.send(self.send)

    async def _serve_late(self, carry_out: CarryOut, fault: Fault) -> None:
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        request = _late_request(self.sandbox.clock.now(), self.call, carry_out, done, fault)
        self.sandbox.late_requests.add(request)
        if fault.detail["answer"] == "wait":
            await self._answer_if_connected(done)
        elif fault.detail["answer"] == "error":
            await text_answer("Gateway Timeout", 504).send(self.send)
        else:
            drop(self.scope)

    async def _answer_if_connected(self, done: asyncio.Future[Answer]) -> None:
        gone = asyncio.ensure_future(self._wait_for_disconnect())
        await asyncio.wait((done, gone), return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            gone.cancel()
            await done.result().send(self.send)

    async def _wait_for_disconnect(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _late_request(
    now: float, call: Call, carry_out: CarryOut, done: asyncio.Future[Answer], fault: Fault
) -> LateRequest:
    loop = done.get_loop()
    answers: list[Answer] = []

    def announce() -> None:
        # Any thread may carry out the request; a sandbox stopped meanwhile sends no answer.
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set_result, answers[0])

    seconds = fault.detail["seconds"]
    return LateRequest(
        call,
        carry_out=lambda: answers.append(carry_out()),
        due_at=None if seconds is None else now + float(seconds),
        is_after=fault.detail["after_call"],
        when_done=announce,
    )


def _failure(call: Call, fault: Fault) -> Answer | None:
    """The answer of a fault that prevents the request from being carried out, or None."""
    if fault.kind == "error":
        call.status, call.answer = 200, {"ok": False, "error": str(fault.detail.get("error", "fatal_error"))}
        return json_answer(call.answer)
    if fault.kind == "rate_limited":
        return rate_limited(call, int(fault.detail.get("retry_after", 1)))
    if fault.kind == "server_error":
        call.status = int(fault.detail.get("status", 503))
        call.answer = {"ok": False, "error": "service_unavailable"}
        # The proxy in front of Slack's servers answers in plain text, not JSON.
        return text_answer("Service Unavailable", call.status)
    return None


def rate_limited(call: Call, wait_s: int) -> Answer:
    """Slack's answer that asks the app to wait."""
    call.status, call.answer = 429, {"ok": False, "error": "ratelimited"}
    return json_answer(call.answer, 429, {"retry-after": str(wait_s)})
