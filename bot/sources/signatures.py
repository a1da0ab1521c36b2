"""Requests from other systems: signed with a shared secret, recent, and well-formed.

The signature is `v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY` in hexadecimal digits, like Slack's own.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

ACCEPTED_FOR = timedelta(minutes=5)
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_PROBLEMS_SHOWN = 5
Shape = TypeVar("Shape", bound=BaseModel)


class NotSigned(Exception):
    """The request's sender does not know the secret, or the request is too old."""


class NotUnderstood(Exception):
    """The body does not have the documented shape; the message says what is wrong."""


def parse(shape: type[Shape], body: bytes) -> Shape:
    """The body in its documented shape. Raises `NotUnderstood` with the places and reasons of the errors."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)[:_PROBLEMS_SHOWN]
        reasons = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
        raise NotUnderstood(reasons) from None


def check(secret: bytes, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
    """Return the signature of a request that may be accepted. Raises `NotSigned`."""
    timestamp = headers.get("x-watchfloor-timestamp", "")
    signature = headers.get("x-watchfloor-signature", "")
    if not (_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature)):
        raise NotSigned()
    if abs(now.timestamp() - int(timestamp)) > ACCEPTED_FOR.total_seconds():
        raise NotSigned()
    if not hmac.compare_digest(signature, sign(secret, timestamp, body)):
        raise NotSigned()
    return signature


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature of a body at a time in seconds since 1970."""
    digest = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return f"v0={digest}"
