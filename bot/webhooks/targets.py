"""The systems that receive events, each with a client that reaches only it; a failing one is paused for a while."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct, field

from bot.config import floor
from bot.config import settings as settings_of
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.errors import TryLater, WatchfloorError
from bot.runtime.network import Network
from bot.sources.signatures import sign

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 5.0
# How long nothing is sent after a failure: waiting calls must not hold threads that others need.
PAUSE = timedelta(seconds=20)


class WebhookSecretMissing(WatchfloorError):
    """floor.yaml names {variable} for the webhook `{name}`, but it is not set. Set it, or remove the webhook."""


class UnknownWebhook(WatchfloorError):
    """floor.yaml names no webhook `{name}`. It names {known}."""


class Target(Struct):
    """One system."""

    name: str
    described: floor.Webhook
    secret: bytes
    network: Network
    # Until when nothing is sent, and the failure that is the reason.
    paused_until: datetime | None = None
    trouble: str = ""
    _client: "httpx.Client | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wants(self, event: str) -> bool:
        """True if the system receives this kind of event."""
        return not self.described.events or event in self.described.events

    def send(self, body: Mapping[str, Any], key: str, now: datetime) -> None:
        """Send one event. Raises `TryLater` on any failure, since the other end may be repaired."""
        if self.paused_until and now < self.paused_until:
            raise TryLater(self.trouble)
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        status = self._post(content, self._headers(content, key, now), now)
        if not 200 <= status < 300:
            raise self._failure(f"the webhook {self.name} answered {status}", now)

    def _failure(self, trouble: str, now: datetime) -> TryLater:
        self.paused_until, self.trouble = now + PAUSE, trouble
        return TryLater(trouble)

    def _headers(self, content: bytes, key: str, now: datetime) -> dict[str, str]:
        at = str(int(now.timestamp()))
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Watchfloor-Timestamp": at,
            "X-Watchfloor-Signature": sign(self.secret, at, content),
        }

    def _post(self, content: bytes, headers: Mapping[str, str], now: datetime) -> int:
        import httpx

        try:
            return self._http_client().post(self.described.url, content=content, headers=headers).status_code
        except httpx.HTTPError as failure:
            raise self._failure(
                f"the webhook {self.name} does not answer ({type(failure).__name__})", now
            ) from failure
        except WatchfloorError as refused:
            raise self._failure(refused.sentence, now) from refused

    def _http_client(self) -> "httpx.Client":
        # Imported only when something is sent.
        from bot.runtime.outgoing import Reach, client

        with self._lock:
            if self._client is None:
                webhook_settings = self.described
                reach = Reach.of(
                    webhook_settings.url, webhook_settings.allow_networks, is_insecure=webhook_settings.insecure
                )
                self._client = client(self.network, reach, timeout_s=TIMEOUT_S)
            return self._client


class Webhooks(Struct):
    """All webhooks by name."""

    by_name: Mapping[str, Target]

    @classmethod
    def of(cls, settings: Settings, floor_settings: Floor, environment: Mapping[str, str] | None = None) -> Self:
        """Build the webhooks that floor.yaml names. Raises `WebhookSecretMissing`."""
        values = settings_of.environment() if environment is None else environment
        network = Network.of(settings.proxy, settings.ca_file)
        targets_by_name = {}
        for name, webhook_settings in floor_settings.webhooks.items():
            secret = values.get(webhook_settings.secret, "").strip()
            if not secret:
                raise WebhookSecretMissing(variable=webhook_settings.secret, name=name)
            targets_by_name[name] = Target(name, webhook_settings, secret.encode(), network)
        return cls(targets_by_name)

    def get(self, name: str) -> Target:
        """The webhook with that name. Raises `UnknownWebhook`."""
        if name not in self.by_name:
            raise UnknownWebhook(name=name, known=", ".join(sorted(self.by_name)) or "none")
        return self.by_name[name]
