"""The source that docs/sources/your-own.md develops, and the system that it reads."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.sources.stand_in import StandIn

OWN_GUIDE = Path("docs/sources/your-own.md")
PAGE = 10
START = datetime(2026, 11, 25, tzinfo=UTC)


class AcmeStandIn(StandIn):
    """Ten half-hours per page."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.rows = [
            {
                "queue": "Billing",
                "start": (START + timedelta(minutes=30 * number)).isoformat(),
                "offered": 10,
                "answered": 9,
            }
            for number in range(count)
        ]

    async def handle(self, request: Request, fault: str) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"error": "who are you?"}, 401)
        after = int(request.query_params["after"])
        rows, following = self.rows[after : after + PAGE], min(after + PAGE, len(self.rows))
        if fault == "repeated":
            rows = [*rows, *self.rows[max(0, after - 3) : after]]
        if fault == "reordered":
            rows = rows[::-1]
        return JSONResponse({"rows": rows, "next": following, "has_more": following < len(self.rows)})


def code_of_guide() -> str:
    """Return the module that the guide shows."""
    (code,) = re.findall(r"```python\n(.*?)```", OWN_GUIDE.read_text(), re.DOTALL)
    return str(code)


def own_source() -> Callable[..., Any]:
    """Return the class of the guide."""
    module: dict[str, Any] = {}
    exec(code_of_guide(), module)
    build: Callable[..., Any] = module["Acme"]
    return build
