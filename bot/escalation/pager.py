"""Client of the pager: one signed HTTPS request per page, to a public address, without redirects.

A receiver checks `X-Watchfloor-Signature`: `v1=` and the HMAC-SHA256, in hexadecimal, of `v1:TIMESTAMP:BODY`
with the shared secret, where TIMESTAMP is `X-Watchfloor-Timestamp`. The same `Idempotency-Key` is the same page.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session

from bot import directory, outbox
from bot.config import floor
from bot.errors import TryLater, WatchfloorError
from bot.escalation import tables
from bot.escalation.tables import Answer, Page
from bot.incidents import incidents
from bot.outbox import kinds
from bot.outbox.kinds import Call, Context
from bot.runtime.clock import utcnow
from bot.runtime.network import Network
from bot.services import Services
from bot.timeline import timeline

TIMEOUT_S = 5
RETRY_STATUSES = (408, 425, 429)
EVERYWHERE = ("0.0.0.0/0", "::/0")
GIVE_UP_AFTER = timedelta(hours=1)
ANSWERED = (Answer.COMING, Answer.CANNOT)


class PagerSecretMissing(WatchfloorError):
    """floor.yaml names {variable} for the pager's secret, but it is not set. Set it, or remove `pager`."""


class PagerRefused(WatchfloorError):
    """The pager did not take a page: {reason}. Check `pager` in floor.yaml."""


class Pager(Struct, frozen=True):
    """A receiver of pages, as floor.yaml describes it."""

    url: str
    secret: bytes
    allow_private: bool = False
    network: Network = field(default_factory=Network)

    def ring(self, page: Mapping[str, Any], key: str, now: datetime) -> None:
        """Send one page. Raises `PagerRefused`, or `TryLater` when a retry may succeed."""
        body = json.dumps(page, sort_keys=True).encode()
        status = self._send(body, self._headers(body, key, now))
        if status >= 500 or status in RETRY_STATUSES:
            raise TryLater(f"the pager answered {status}")
        if not 200 <= status < 300:
            raise PagerRefused(reason=f"it answered {status}")

    def _headers(self, body: bytes, key: str, now: datetime) -> dict[str, str]:
        timestamp = str(int(now.timestamp()))
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Watchfloor-Timestamp": timestamp,
            "X-Watchfloor-Signature": signature(self.secret, timestamp, body),
        }

    def _send(self, body: bytes, headers: dict[str, str]) -> int:
        # Imported on first use.
        import httpx

        from bot.runtime.outgoing import AddressRefused, Reach, client

        networks = EVERYWHERE if self.allow_private else ()
        reach = Reach.of(self.url, networks, is_insecure=self.allow_private)
        try:
            with client(self.network, reach, timeout_s=TIMEOUT_S) as http:
                return http.post(self.url, content=body, headers=headers).status_code
        except AddressRefused as refusal:
            raise PagerRefused(reason=refusal.sentence.rstrip(".")) from refusal
        except httpx.HTTPError as error:
            raise TryLater(f"the pager does not answer ({type(error).__name__})") from error


def build_pager(settings: floor.Pager | None, environment: Mapping[str, str], network: Network) -> Pager | None:
    """The pager described in the floor's file, with its secret from the environment; None if there is none."""
    if settings is None:
        return None
    secret = environment.get(settings.secret_env, "").strip()
    if not secret:
        raise PagerSecretMissing(variable=settings.secret_env)
    return Pager(settings.url, secret.encode(), settings.allow_private, network)


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature that proves to the receiver that a page is ours and recent."""
    return f"v1={hmac.new(secret, b'v1:' + timestamp.encode() + b':' + body, hashlib.sha256).hexdigest()}"


def hand_to_pager(session: Session, page: Page, now: datetime) -> None:
    """Enqueue this page for the pager."""
    facts = {"subject": str(page.number), "priority": outbox.URGENT}
    outbox.enqueue(session, kinds.PAGER, f"ring:{page.key}", now, incident_id=page.incident_id, **facts)


def call_pager(context: Context) -> Call:
    """The request to the pager, which recognises a repeated page by its key, so retries are safe."""
    page = tables.get(context.session, int(context.row.subject))
    payload = _pager_payload(context.session, page)
    return Call(
        context.row.key, lambda: _record_result(context.services, page, _ring(context.services, page, payload))
    )


def _ring(services: Services, page: Page, payload: dict[str, Any]) -> str:
    """Call the pager. Returns why it was given up, or an empty string."""
    now = utcnow()
    pager = services.find(Pager)
    if pager is None or page.answer in ANSWERED:
        return ""
    try:
        pager.ring(payload, page.key, now)
    except PagerRefused as refusal:
        return refusal.sentence
    except TryLater as error:
        if now - page.told_at < GIVE_UP_AFTER:
            raise
        return error.reason
    return ""


def _pager_payload(session: Session, page: Page) -> dict[str, Any]:
    incident = incidents.by_number(session, page.incident_id)
    payload = {
        "event": "page",
        "incident": incident.number,
        "severity": incident.severity,
        "person_id": page.user_id,
        "person": directory.display_names(session, [page.user_id]).get(page.user_id, ""),
        "tier": None if page.tier is None else page.tier + 1,
        "told_at": page.told_at.isoformat(),
    }
    # Text typed about a private incident never leaves its channel.
    return payload if incident.is_private else payload | {"title": incident.title, "reason": page.reason}


def _record_result(services: Services, page: Page, reason: str) -> None:
    with services.database.transaction() as session:
        tables.set_pager(session, page.number, tables.PAGER_FAILED if reason else tables.PAGER_CALLED)
        if reason:
            key, facts = f"pager:{page.number}", {"user": page.user_id, "reason": reason}
            timeline.append_once(session, page.incident_id, key, "pager_failed", utcnow(), **facts)
