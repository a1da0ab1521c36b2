"""Okta's System Log and unlocking, as its documentation describes them."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sources.stand_in import StandIn


class OktaStandIn(StandIn):
    """Pages of at most the requested size, always with a `next` link."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        super().__init__()
        self.events = events
        self.unlocked: list[str] = []
        self.mailed: list[str] = []
        self.largest_page = 1000

    async def handle(self, request: Request, fault: str) -> Response:
        if request.headers.get("authorization") != f"SSWS {self.token}":
            return JSONResponse({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, 401)
        if request.method == "POST" and request.url.path.endswith("/lifecycle/reset_password"):
            return self._reset(request)
        if request.method == "POST":
            return self._unlock(request)
        assert request.url.path == "/api/v1/logs"
        limit = int(request.query_params["limit"])
        if not 1 <= limit <= 1000:
            return JSONResponse({"errorCode": "E0000001"}, 400)
        start = int(request.query_params.get("after", "0"))
        end = min(start + min(limit, self.largest_page), len(self.events))
        rows = self.events[start:end]
        if fault == "repeated":
            rows = [*reversed(self.events[max(0, start - 3) : end]), *rows]
        following = f"{self.url}/api/v1/logs?limit={limit}&after={end}"
        return Response(
            json.dumps(rows),
            media_type="application/json",
            headers={"Link": f'<{request.url}>; rel="self", <{following}>; rel="next"'},
        )

    def _reset(self, request: Request) -> Response:
        user_id = request.url.path.split("/")[4]
        if user_id.startswith("ad"):
            summary = "This operation is not allowed in the user's current status."
            return JSONResponse({"errorCode": "E0000038", "errorSummary": summary}, 403)
        if request.query_params.get("sendEmail") != "true":
            return JSONResponse({"resetPasswordUrl": f"{self.url}/reset_password/secret"})
        self.mailed.append(user_id)
        return JSONResponse({})

    def _unlock(self, request: Request) -> Response:
        user_id = request.url.path.split("/")[4]
        if user_id in self.unlocked:
            return JSONResponse({"errorCode": "E0000032", "errorSummary": "Unlock is not allowed"}, 403)
        self.unlocked.append(user_id)
        return JSONResponse({})
