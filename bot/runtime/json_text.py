"""JSON that comes in at every click, read several times as fast as by Python's own module."""

import json
from typing import Any

import msgspec


def read_json(text: str | bytes) -> Any:
    """What `json.loads` gives. Raises `ValueError`."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Python's own module takes halves of characters, which people's phones send.
        return json.loads(text)
