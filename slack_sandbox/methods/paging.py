"""Cursor pagination, shared by every listing method."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from slack_sandbox.errors import Refused
from slack_sandbox.methods.registry import Request
from slack_sandbox.model import Json

Item = TypeVar("Item")
_MARK = "next:"
LIMIT = 1000


def page(
    request: Request, items: Sequence[Item], default: int = 100, most: int = 1000
) -> tuple[Sequence[Item], Json]:
    """One page of the items, and the `response_metadata` that leads to the next."""
    limit = request.args.number("limit", default, LIMIT + 1)
    if limit > LIMIT:
        raise Refused("invalid_limit")
    limit = min(limit, most)
    start = _position(request.args.text("cursor"))
    if start > len(items):
        raise Refused("invalid_cursor")
    end = start + limit
    cursor = _cursor(end) if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": cursor}}


def _cursor(position: int) -> str:
    return base64.b64encode(f"{_MARK}{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        mark = base64.b64decode(cursor, validate=True).decode()
        return int(mark.removeprefix(_MARK))
    except ValueError as error:
        raise Refused("invalid_cursor") from error
