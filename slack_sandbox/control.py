"""The control API: people's actions, faults and queries, for benchmarks and other processes.

`POST /control/<verb>` with a JSON object; `as` names the person who acts.
`GET /control/<query>` with the same in the query string.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from slack_sandbox.errors import Refused
from slack_sandbox.file_sharing import file_as_slack
from slack_sandbox.installation import Installation
from slack_sandbox.model import Channel, File, Json, Message
from slack_sandbox.records import Call

VERBS = (
    *("types", "says", "edits", "deletes", "uploads", "reacts", "unreacts", "pins", "unpins"),
    *("clicks", "chooses", "fills", "submits", "closes", "opens_home"),
    *("uses_shortcut", "uses_message_shortcut", "creates_channel", "joins", "leaves", "invites", "kicks"),
    *("renames", "archives", "unarchives", "sets_topic", "deletes_channel"),
)
_REFUSALS = (LookupError, PermissionError, TypeError, ValueError, TimeoutError)


class Control:
    """Verbs are people's actions; commands are the sandbox's own."""

    def __init__(self, sandbox: Installation) -> None:
        self._sandbox = sandbox
        self._commands: dict[str, Callable[[Json], Any]] = {
            "fault": self._fault,
            "carry_out_late_requests": lambda order: [call.as_json() for call in self._late(order)],
            "clear_faults": lambda order: sandbox.faults.clear(),
            "deliver_twice": lambda order: sandbox.deliver_twice(**order),
            "latency": lambda order: self._set("latency_s", float(order["seconds"])),
            "offline": lambda order: self._set("offline", bool(order["offline"])),
            "strict_rates": lambda order: self._set("strict_rates", bool(order["strict"])),
            "events_url": lambda order: self._set("events_url", order["url"]),
            "clock": self._clock,
            "quiet": lambda order: sandbox.quiet(**order),
            "disconnect": lambda order: sandbox.refresh_connections(**order),
            "clear_calls": lambda order: sandbox.clear_calls(),
            "hires": lambda order: sandbox.workspace.hire(int(order["people"])),
            "reset": lambda order: sandbox.reset(),
        }
        self._queries: dict[str, Callable[[Json], Any]] = {
            "sees": lambda query: self._person(query).sees(query["channel"]),
            "direct_messages": lambda query: self._person(query).direct_messages(),
            "channels": lambda query: self._person(query).channels(),
            "modal": lambda query: self._person(query).modal,
            "home": lambda query: self._person(query).home,
            "calls": self._calls,
            "refusals": lambda query: [call.as_json() for call in sandbox.refusals],
            "late_requests": lambda query: [call.as_json() for call in sandbox.late_requests.calls],
            "envelopes": self._envelopes,
            "app": lambda query: sandbox.identity,
        }

    def routes(self) -> list[Route]:
        return [
            Route("/control/{name}", self.command, methods=["POST"]),
            Route("/control/{name}", self.query, methods=["GET"]),
        ]

    async def command(self, request: Request) -> Response:
        # A page of another origin cannot send this content type without a preflight request.
        if not request.headers.get("content-type", "").startswith("application/json"):
            return _problem("Send a JSON object as application/json.", 415)
        body = await request.body()
        order: Json = json.loads(body) if body else {}
        name = request.path_params["name"]
        if name in VERBS:
            return await self._answered(lambda: self._act(name, order))
        if name in self._commands:
            return await self._answered(lambda: self._commands[name](order))
        return _problem(f"There is no {name!r}, only: {', '.join((*VERBS, *self._commands))}.", 404)

    async def query(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._queries:
            return _problem(f"There is no {name!r}, only: {', '.join(self._queries)}.", 404)
        asked = dict(request.query_params)
        return await self._answered(lambda: self._queries[name](asked))

    async def _answered(self, act: Callable[[], Any]) -> Response:
        try:
            return JSONResponse(self._as_json(await run_in_threadpool(act)))
        except Refused as refusal:
            return _problem(refusal.error, 409)
        except _REFUSALS as error:
            return _problem(str(error), 409)

    def _act(self, verb: str, order: Json) -> Any:
        person = self._person(order)
        if "content" in order:
            order["content"] = str(order["content"]).encode()
        values = order.pop("values", [])
        return getattr(person, verb)(*self._first(verb, order), *values, **order)

    def _first(self, verb: str, order: Json) -> list[Any]:
        """Choices are positional in Python, so the action_id before them must be as well."""
        return [order.pop("action_id")] if verb == "chooses" else []

    def _person(self, order: Json) -> Any:
        return self._sandbox.person(order.pop("as"))

    def _fault(self, order: Json) -> None:
        self._sandbox.fault(**order)

    def _late(self, order: Json) -> list[Call]:
        return self._sandbox.carry_out_late_requests(**order)

    def _clock(self, order: Json) -> Json:
        sandbox = self._sandbox
        current = sandbox.clock_offset_s
        sandbox.clock_offset_s = float(order.get("offset_s", current + float(order.get("advance_s", 0))))
        return {"offset_s": sandbox.clock_offset_s, "now": sandbox.clock.now()}

    def _set(self, name: str, value: Any) -> None:
        setattr(self._sandbox, name, value)

    def _calls(self, query: Json) -> list[Json]:
        wanted = query.get("method")
        return [c.as_json() for c in list(self._sandbox.calls) if wanted in (None, c.method)]

    def _envelopes(self, query: Json) -> list[Json]:
        """The envelopes from a number on, or all of them."""
        return [envelope.as_json() for envelope in self._sandbox.envelopes[int(query.get("first", 0)) :]]

    def _as_json(self, value: Any) -> Any:
        if isinstance(value, Message):
            shown: Json = {
                "visible_text": value.visible_text,
                "ephemeral": value.ephemeral,
                "buttons": value.buttons,
            }
            return value.as_slack() | shown
        if isinstance(value, Channel):
            return value.as_slack("")
        if isinstance(value, File):
            return file_as_slack(self._sandbox.workspace, value)
        if isinstance(value, list):
            return [self._as_json(item) for item in value]
        if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        return {"ok": True} if value is None else value


def _problem(sentence: str, status: int) -> JSONResponse:
    return JSONResponse({"ok": False, "error": sentence}, status)
