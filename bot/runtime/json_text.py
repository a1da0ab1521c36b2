"""Reads the JSON that comes with every click, several times as fast as Python's own module."""

import json
from typing import Any

import msgspec


def read_json(text: str | bytes) -> Any:
    """Read JSON as `json.loads` does. Raises `ValueError`."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Python's own module accepts lone surrogates, which people's phones send.
        return json.loads(text)
