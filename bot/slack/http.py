"""One request to Slack's Web API and its answer, as they go over the wire.

Slack's own client makes what opens a connection anew for each call, which takes as long as the rest of the call.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

from slack_sdk import WebClient

from bot.runtime.network import Network

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What Slack, or whatever stands before it, answered; `data` is empty when it is no object in JSON."""

    status: int
    headers: Mapping[str, Any]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Was it done?"""
        return self.status == 200 and self.data.get("ok") is True


def post(client: WebClient, network: Network, method: str, fields: Mapping[str, Any], timeout_s: float) -> Answer:
    """Call a method with these form fields. Raises `OSError` or `HTTPException` when no whole answer arrives."""
    request = Request(  # noqa: S310 - the address is that of the settings
        f"{client.base_url.rstrip('/')}/{method}",
        urlencode(
            {name: int(value) if isinstance(value, bool) else value for name, value in fields.items()}
        ).encode(),
        {**client.headers, "Content-Type": FORM},
    )
    if client.token:
        request.add_unredirected_header("Authorization", f"Bearer {client.token}")
    try:
        with network.open_through(client.proxy, request, timeout_s) as response:
            return Answer(response.status, dict(response.headers), _object_in(response.read()))
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, dict(refused.headers), _object_in(refused.read()))


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:  # such as a proxy's page
        return {}
    return content if isinstance(content, dict) else {}
