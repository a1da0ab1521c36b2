"""Short-lived permissions: trigger ids (3 s, once) and response URLs (30 min, five times)."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sandbox.errors import Refused

TRIGGER_LIFETIME_S = 3.0
RESPONSE_URL_LIFETIME_S = 30 * 60
RESPONSE_URL_USES = 5
# Far more than can be used within their lifetimes.
_KEPT = 50_000


@dataclass
class Trigger:
    user: str
    # Trigger ids expire in real time: moving the workspace's clock must not age a click.
    issued_at: float = field(default_factory=time.monotonic)
    used: bool = False


class Triggers:
    """Issues trigger ids and lets each be exchanged once."""

    def __init__(self) -> None:
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str) -> str:
        trigger_id = f"{time.time_ns() // 1_000_000}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user)
        _forget_oldest(self._issued)
        return trigger_id

    def issued(self, trigger_id: str) -> Trigger:
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        return trigger

    def exchange(self, trigger_id: str) -> Trigger:
        trigger = self.issued(trigger_id)
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - trigger.issued_at > TRIGGER_LIFETIME_S:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass
class ResponseUrl:
    """Permission for an app to answer; `message_ts` is the interaction's message, if any."""

    user: str
    channel: str
    issued_at: float
    message_ts: str = ""
    uses: int = 0


class ResponseUrls:
    """Issues response URLs and counts their uses."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._issued: dict[str, ResponseUrl] = {}
        self.base = ""

    def issue(self, user: str, channel: str, message_ts: str = "") -> str:
        key = secrets.token_urlsafe(18)
        self._issued[key] = ResponseUrl(user, channel, self._now(), message_ts)
        _forget_oldest(self._issued)
        return f"{self.base}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        grant = self._issued.get(key)
        if grant is None:
            raise Refused("invalid_url")
        if self._now() - grant.issued_at > RESPONSE_URL_LIFETIME_S:
            raise Refused("expired_url")
        if grant.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        grant.uses += 1
        return grant


def _forget_oldest(issued: dict[str, Any]) -> None:
    if len(issued) > _KEPT:
        del issued[next(iter(issued))]
