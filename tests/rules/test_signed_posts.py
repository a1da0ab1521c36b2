"""Rows that other systems post, when two of them arrive at once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from msgspec.structs import replace
from pydantic import SecretStr
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.routing import Route

from bot.config.settings import Settings
from bot.feeds.tables import Feed
from bot.incidents.registry import SignedPost
from bot.runtime.clock import utcnow
from bot.runtime.database import Database
from bot.services import Services
from bot.sources.signatures import sign
from bot.web.signed_posts import SignedPostEndpoint
from tests import prepared
from tests.rules.test_update_templates import services


def _store_a_row_twice(the_services: Services, session: Session, body: bytes, now: datetime) -> Mapping[str, Any]:
    session.add_all([Feed(source="crm", stream="cases"), Feed(source="crm", stream="cases")])
    session.flush()
    return {}


async def _answer(app: Starlette, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        return await client.post("/rows", content=body, headers=headers)


def test_a_row_that_another_request_stores_at_this_moment_is_asked_for_again(tmp_path: Path) -> None:
    store = Database(prepared.database(tmp_path))
    post = SignedPost("/rows", lambda settings: SecretStr("secret"), _store_a_row_twice)
    endpoint = SignedPostEndpoint(replace(services(), database=store), Settings(), post)
    timestamp = str(int(utcnow().timestamp()))
    headers = {"X-Watchfloor-Timestamp": timestamp, "X-Watchfloor-Signature": sign(b"secret", timestamp, b"{}")}
    app = Starlette(routes=[Route("/rows", endpoint.answer, methods=["POST"])])
    answer = asyncio.run(_answer(app, b"{}", headers))
    assert (answer.status_code, answer.json()) == (503, {"error": "try again"})
    store.close()
