"""The API's endpoints: check the permission, run one query, return plain data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.config.floor.reading import SEVERITIES
from bot.errors import WatchfloorError, require
from bot.incidents.facts import FIGURE_TABLE
from bot.incidents.public_view import public_view
from bot.incidents.registry import Registry
from bot.reports import gathering, sending
from bot.reports.rules import UnknownRegion
from bot.runtime.clock import utcnow
from bot.services import Services
from bot.sources import moments
from bot.web import tokens
from bot.web.api import queries, rules
from bot.web.api.openapi import DESCRIPTION

LARGEST_LIMIT = 200
# PostgreSQL has no larger number of an incident.
LARGEST_NUMBER = 2**31 - 1
DEFAULT_LIMIT = 50
LONGEST_REPORT = timedelta(days=400)
NO_STORE = {"Cache-Control": "no-store"}


class BadRequest(Exception):
    """A parameter is not as described; the message names it."""


class NotThere(Exception):
    """There is nothing that this reader may know about."""


Handle = Callable[[Request], dict[str, Any]]


class Api:
    """`/api/v1/…`, each part for tokens with its scope."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/openapi.json", self._openapi),
            Route("/api/v1/incidents", self._for("incidents", self._incidents)),
            Route("/api/v1/incidents/{number:int}", self._for("incidents", self._incident)),
            Route("/api/v1/incidents/{number:int}/figures", self._for("figures", self._figures)),
            Route("/api/v1/reports/incidents", self._for("reports", self._report)),
        ]

    async def _openapi(self, request: Request) -> JSONResponse:
        return JSONResponse(DESCRIPTION)

    def _for(self, scope: str, handle: Handle) -> Callable[[Request], Any]:
        async def answer(request: Request) -> JSONResponse:
            return await run_in_threadpool(self._answer, request, scope, handle)

        return answer

    def _answer(self, request: Request, scope: str, handle: Handle) -> JSONResponse:
        try:
            refusal = refuse(self._services, request, scope)
            return refusal or JSONResponse(handle(request), headers=NO_STORE)
        except BadRequest as wrong:
            return _error(400, str(wrong))
        except NotThere:
            return _error(404, "there is no such incident")
        except WatchfloorError as refused:
            return _error(503, refused.sentence)

    def _incidents(self, request: Request) -> dict[str, Any]:
        limit = _number(request, "limit", DEFAULT_LIMIT, 1, LARGEST_LIMIT)
        severities = [one for one in request.query_params.get("severity", "").split(",") if one]
        if not set(severities) <= set(SEVERITIES):
            raise BadRequest("severity: S0 to S4, with commas between")
        with self._services.database.reading() as session:
            page = queries.page(
                session,
                before=_number(request, "before", 0, 0, LARGEST_NUMBER) or None,
                limit=limit + 1,
                is_open=_choice(request, "state", ("all", "open")) == "open",
                severities=severities,
                since=_moment(request, "since"),
                has_drills=_choice(request, "drills", ("false", "true")) == "true",
            )
        incidents = page[:limit]
        next_before = incidents[-1].number if len(page) > limit else None
        return {"incidents": [public_view(one) for one in incidents], "next_before": next_before}

    def _incident(self, request: Request) -> dict[str, Any]:
        number = _incident_number(request)
        with self._services.database.reading() as session:
            incident = queries.incident(session, number)
        return public_view(require(incident, NotThere))

    def _figures(self, request: Request) -> dict[str, Any]:
        number = _incident_number(request)
        with self._services.database.reading() as session:
            require(queries.incident(session, number), NotThere)
            read_table = self._services.get(Registry).ask(FIGURE_TABLE)
            table = read_table(session, self._services, number, utcnow(), "en")
        rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
        return {"incident": number, "intervals": rows, "notes": list(table.notes)}

    def _report(self, request: Request) -> dict[str, Any]:
        end = _moment(request, "to") or utcnow()
        start = _moment(request, "from") or end - timedelta(days=30)
        if not timedelta() < end - start <= LONGEST_REPORT:
            raise BadRequest("from, to: a period of at most 400 days")
        region = self._region(request)
        with self._services.database.snapshot() as session:
            incidents = gathering.counted(session, self._services, start, end, region, only_public=True)
        figures = rules.report(incidents, self._services.floor.types)
        return {"from": start.isoformat(), "to": end.isoformat(), "region": region, **figures}

    def _region(self, request: Request) -> str:
        try:
            return sending.read_region(self._services, request.query_params.get("region", ""))
        except UnknownRegion as unknown:
            raise BadRequest(f"region: {unknown.sentence}") from unknown


def refuse(services: Services, request: Request, scope: str) -> JSONResponse | None:
    """The refusal for a caller who may not read this; None for one who may."""
    with services.database.reading() as session:
        allowed = tokens.may_read(session, request.headers.get("authorization", ""), scope)
    if allowed is None:
        refusal = _error(401, "a token is needed: Authorization: Bearer wf_…")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    return None if allowed else _error(403, f"this token is not for {scope}")


def _error(status: int, reason: str) -> JSONResponse:
    return JSONResponse({"error": reason}, status, NO_STORE)


def _incident_number(request: Request) -> int:
    number: int = request.path_params["number"]
    if number > LARGEST_NUMBER:
        raise NotThere()
    return number


def _number(request: Request, name: str, default: int, smallest: int, largest: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 17 and smallest <= int(text) <= largest):
        raise BadRequest(f"{name}: a number from {smallest} to {largest}")
    return int(text)


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first if none is given."""
    text = request.query_params.get(name, choices[0])
    if text not in choices:
        raise BadRequest(f"{name}: one of {', '.join(choices)}")
    return text


def _moment(request: Request, name: str) -> datetime | None:
    try:
        return moments.read(request.query_params.get(name))
    except ValueError:
        raise BadRequest(f"{name}: a moment like 2026-11-26T09:00:00Z") from None
