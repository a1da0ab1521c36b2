"""Seals: a chain of SHA-256 hashes in which each link includes the one before, so none can be changed alone."""

import hashlib
import json
from typing import Any

INITIAL_HASH = "0" * 64


def canonical(facts: Any) -> str:
    """The same text for the same facts, whatever order they were put together in; plain ASCII."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)


def digest(text: str) -> str:
    """The hash of a text: 64 hexadecimal digits that no other text has."""
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(previous_hash: str, entry_hash: str) -> str:
    """The hash of a link that follows `previous_hash`: the SHA-256 of both, concatenated."""
    return digest(previous_hash + entry_hash)
