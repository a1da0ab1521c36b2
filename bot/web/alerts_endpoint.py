"""`POST /alerts/NAME`: alerts of a monitoring system, checked before anything reads them."""

import threading
from collections.abc import Mapping
from functools import partial
from math import ceil

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.alerts import payloads, receiving, sns, sources
from bot.alerts.sources import AlertSources, ConfiguredAlertSource
from bot.errors import TryLater
from bot.runtime.clock import elapsed_s, utcnow
from bot.services import Services
from bot.sources.signatures import NotSigned
from bot.web.replay_guard import ReplayGuard
from bot.web.signed_posts import receive_body, refusal_response


class AlertsEndpoint:
    """Takes alerts, and answers with how many were new."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sources = services.get(AlertSources)
        self._replay_guard = ReplayGuard(services.database)
        self._rates = {
            name: Rate(source.described.requests_per_minute) for name, source in self._sources.by_name.items()
        }

    @property
    def is_open(self) -> bool:
        """True if there is any source that may send alerts."""
        return bool(self._sources.by_name)

    async def answer(self, request: Request) -> JSONResponse:
        """Answer one request."""
        source = self._sources.by_name.get(request.path_params["name"])
        return await receive_body(request, partial(self._receive, source))

    def _receive(
        self, source: ConfiguredAlertSource | None, body: bytes, headers: Mapping[str, str]
    ) -> JSONResponse:
        if source is None:
            # Answered like a wrong secret, so that nobody learns which names exist.
            raise NotSigned()
        try:
            return self._process(source, body, headers)
        except TryLater as later:
            return refusal_response(503, later.reason)

    def _process(self, source: ConfiguredAlertSource, body: bytes, headers: Mapping[str, str]) -> JSONResponse:
        now = utcnow()
        content = payloads.parse(body) if source.described.kind == "sns" else {}
        certificates = self._sources.certificates
        once = sources.check_sender(source.described, source.secret, certificates, body, content, headers, now)
        wait_s = self._rates[source.name].wait_s()
        if wait_s:
            limited = refusal_response(429, "too many requests")
            limited.headers["Retry-After"] = str(ceil(wait_s))
            return limited
        if content.get("Type") == sns.CONFIRMATION:
            sns.confirm(content, source.described.topic, certificates.fetch)
            return JSONResponse({"new": 0, "note": "the subscription is confirmed"})
        alerts = payloads.read(source.described.kind, body, source.mapping)
        with self._services.database.transaction() as session:
            if once and not self._replay_guard.claim(session, f"alerts:{source.name}:{once}"):
                return JSONResponse({"new": 0, "note": "taken before, so nothing was changed"})
            return JSONResponse({"new": receiving.receive_alerts(self._services, session, source, alerts, now)})


class Rate:
    """A limit of requests per minute, with bursts of as many; it counts only callers that know the secret."""

    def __init__(self, per_minute: int) -> None:
        self._per_s, self._largest_burst = per_minute / 60, float(per_minute)
        self._requests_left, self._counted_at = self._largest_burst, elapsed_s()
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """Take one request; return how long to wait if none is left, otherwise 0."""
        with self._lock:
            now = elapsed_s()
            self._requests_left = min(
                self._largest_burst, self._requests_left + (now - self._counted_at) * self._per_s
            )
            self._counted_at = now
            if self._requests_left < 1:
                return (1 - self._requests_left) / self._per_s
            self._requests_left -= 1
            return 0.0
