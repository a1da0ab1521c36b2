"""`GET /metrics`: the bot's metrics for Prometheus, with a token. Nothing of private incidents, no text at all."""

from collections.abc import Iterator
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import outbox
from bot.alarms.tables import open_alarms
from bot.config.floor.reading import SEVERITIES
from bot.errors import WatchfloorError
from bot.feeds import tables as feeds
from bot.feeds.sources import Sources
from bot.runtime.clock import utcnow
from bot.runtime.heartbeat import Heartbeat
from bot.services import Services
from bot.web.api import queries
from bot.web.api.endpoints import refuse

SCOPE = "metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MANY_FAILURES = 3

# Name, labels, value.
Sample = tuple[str, dict[str, str], float]
HELP = {
    "watchfloor_incidents_open": "Open incidents that are neither private nor drills.",
    "watchfloor_alarms_open": "What the auditor found and nobody has mended.",
    "watchfloor_outbox_failing": "Rows that failed several times in a row, by kind.",
    "watchfloor_clock_age_seconds": "Seconds since everything that was due was done.",
    "watchfloor_source_age_seconds": "Seconds since a source was last read whole.",
    "watchfloor_source_failures": "Failures in a row of reading a source.",
}


class Metrics:
    """Reads the database at each request, so that a restarted process reports the same."""

    def __init__(self, services: Services, heartbeat: Heartbeat) -> None:
        self._services, self._heartbeat = services, heartbeat

    def route(self) -> Route:
        return Route("/metrics", self.answer)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        try:
            refusal = refuse(self._services, request, SCOPE)
            return refusal or Response(self._text(utcnow()), media_type=CONTENT_TYPE)
        except WatchfloorError as refused:
            return JSONResponse({"error": refused.sentence}, 503)

    def _text(self, now: datetime) -> bytes:
        # Imported only when somebody asks.
        from prometheus_client import CollectorRegistry, Gauge, generate_latest

        registry = CollectorRegistry()
        gauges: dict[str, Gauge] = {}
        for name, labels, value in self._samples(now):
            if name not in gauges:
                gauges[name] = Gauge(name, HELP[name], list(labels), registry=registry)
            (gauges[name].labels(**labels) if labels else gauges[name]).set(value)
        return generate_latest(registry)

    def _samples(self, now: datetime) -> Iterator[Sample]:
        with self._services.database.reading() as session:
            open_counts = queries.open_by_severity(session)
            alarms, failing_rows = len(open_alarms(session)), outbox.failing(session, MANY_FAILURES)
            feed_states = feeds.every_feed(session)
        sources = self._services.get(Sources).settings
        for severity in SEVERITIES:
            yield "watchfloor_incidents_open", {"severity": severity}, open_counts.get(severity, 0)
        yield "watchfloor_alarms_open", {}, alarms
        yield "watchfloor_clock_age_seconds", {}, self._heartbeat.age_s
        by_kind: dict[str, int] = {}
        for failure in failing_rows:
            by_kind[failure.kind] = by_kind.get(failure.kind, 0) + failure.count
        for kind, rows in by_kind.items():
            yield "watchfloor_outbox_failing", {"kind": kind}, rows
        for feed in feed_states:
            if feed.source not in sources:
                continue  # floor.yaml no longer names it
            labels = {"source": feed.source, "stream": feed.stream}
            yield "watchfloor_source_failures", labels, feed.failures
            if feed.read_at is not None:
                yield "watchfloor_source_age_seconds", labels, (now - feed.read_at).total_seconds()
