"""The running bot: it starts, listens, watches the clock and stops."""

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from starlette.routing import Route

from bot.channels import recovery
from bot.channels.listening import Listening
from bot.config.settings import Settings
from bot.directory import lookup as directory
from bot.incidents.registry import Registry
from bot.incidents.ticks import next_due, run_ticks
from bot.outbox.take_over import end_own_leases, take_over
from bot.runtime import clock, migrations, scheduler
from bot.runtime.clock import utcnow
from bot.runtime.database import ChangeUnknown, DatabaseBusy, low_priority, unusable_as_sentence
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.logs import SOCKET_MODE
from bot.runtime.scheduler import Job
from bot.runtime.waiting import wait_until
from bot.services import Services
from bot.slack.app import ImmediateAckApp
from bot.slack.connection_monitor import ConnectionWatch
from bot.slack.gateway import Gateway
from bot.slack.reachability import CHECK_EVERY_S, Reachability
from bot.slack.socket_mode import SocketModeConnection
from bot.web import health
from bot.web.alerts_endpoint import AlertsEndpoint
from bot.web.api.endpoints import Api
from bot.web.events_endpoint import EventsEndpoint
from bot.web.health import Finding, Health
from bot.web.metrics import Metrics
from bot.web.replay_guard import ReplayGuard
from bot.web.server import Server, site
from bot.web.signed_posts import signed_posts

REFRESH_EVERY_S = 15 * 60
TAKE_OVER_EVERY_S = 5
ADOPT_EVERY_S = 15
CHECK_CONNECTION_EVERY_S = 2
STOP_TIMEOUT_S = 8


@dataclass
class Bot:
    """A bot that can be started and stopped."""

    settings: Settings
    services: Services
    app: ImmediateAckApp
    ticks: Heartbeat = field(default_factory=Heartbeat, init=False)
    server: Server | None = field(default=None, init=False)
    events_endpoint: EventsEndpoint | None = field(default=None, init=False)
    socket_mode: SocketModeConnection | None = field(default=None, init=False)
    reachability: Reachability | None = field(default=None, init=False)
    _scheduler: BackgroundScheduler | None = field(default=None, init=False)

    def start(self) -> None:
        """Finish what an earlier process left behind, listen to Slack and watch the clock."""
        if self.settings.serves_http or self.services.floor.alerts:
            self.server = Server(self.settings.host, self.settings.port)
        # First, so that no other process works on a database whose schema is being changed.
        self.services.replicas.join()
        migrations.upgrade_apart(self.services.database.engine)
        end_own_leases(self.services)
        with unusable_as_sentence():
            self.services.flows.launch(self.services)
        self._listen()
        recovery.begin_listening(self.services, utcnow())
        if self.services.replicas.are_several:
            self.services.background.submit("take over", partial(take_over, self.services))
        self.services.background.submit("learn", self._load_from_slack)
        self._scheduler = scheduler.start(self._jobs())

    def _load_from_slack(self) -> None:
        directory.refresh(self.services)
        for job in self.services.get(Registry).jobs:
            if job.is_for_start:
                job.run(self.services)

    def _jobs(self) -> list[Job]:
        """Everything the clock runs: the tick of every second and the less frequent jobs."""
        services = self.services
        jobs = [
            Job("tick", self.settings.tick_every_s, self._tick),
            Job("learn", REFRESH_EVERY_S, partial(directory.refresh, services)),
            Job("adopt", ADOPT_EVERY_S, services.flows.adopt),
        ]
        registered_jobs = services.get(Registry).jobs
        jobs += [Job(job.name, job.every_s, partial(job.run, services)) for job in registered_jobs]
        if self.reachability:
            jobs.append(Job("ask Slack", CHECK_EVERY_S, self.reachability.check))
        if connection := self.socket_mode or self.reachability:
            jobs.append(Job("watch the connection", CHECK_CONNECTION_EVERY_S, ConnectionWatch(connection).check))
        if services.replicas.are_several:
            jobs.append(Job("take over", TAKE_OVER_EVERY_S, partial(take_over, services)))
        return jobs

    def _tick(self) -> None:
        with low_priority():
            is_well = run_ticks(self.services, utcnow())
        if clock.is_shifted() and self.services.background.is_idle():
            # Not before it is idle: what was due a moment ago is still in progress.
            clock.publish_next_due(next_due(self.services))
        if is_well:
            self.ticks.beat()

    def _listen(self) -> None:
        if self.settings.speaks_http:
            secret = self.settings.slack_signing_secret.get_secret_value()
            self.events_endpoint = EventsEndpoint(self.app, secret, ReplayGuard(self.services.database))
            self.reachability = Reachability(self.services.slack)
            self.services.get(Listening).set_connection(self.reachability)
        else:
            app_token = self.settings.slack_app_token.get_secret_value()
            log = logging.getLogger(SOCKET_MODE)
            slack = Gateway.to(self.settings.slack_api_url, app_token, self.services.slack.network, log)
            self.socket_mode = SocketModeConnection(self.app, slack)
            self.services.get(Listening).set_connection(self.socket_mode)
            self.socket_mode.connect()
        if self.server:
            routes = signed_posts(self.services, self.settings)
            alerts_endpoint = AlertsEndpoint(self.services)
            if alerts_endpoint.is_open:
                routes.append(Route("/alerts/{name}", alerts_endpoint.answer, methods=["POST"]))
            routes += [*Api(self.services).routes(), Metrics(self.services, self.ticks).route()]
            self.server.start(site(self._health(), self.events_endpoint, routes))

    def _health(self) -> Health:
        every_s = self.settings.tick_every_s
        return Health(
            (
                lambda: health.database(self.services.database),
                lambda: health.clock(self.ticks, every_s),
                self._health_of_slack,
                lambda: health.malformed(self.app.malformed),
                lambda: health.alarms(self.services.database),
            )
        )

    def _health_of_slack(self) -> Finding:
        if self.socket_mode:
            return health.slack(self.socket_mode)
        assert self.reachability is not None
        return health.slack_over_http(self.reachability)

    def stop(self) -> None:
        """Accept nothing new, finish what is in flight and release everything."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
        if self.server:
            self.server.stop()
        if self.events_endpoint:
            self.events_endpoint.close()
        # Read before the connection is closed.
        has_heard_all = self.services.get(Listening).is_sure(self.services.floor.timeline.recover_after)
        if self.socket_mode:
            self.socket_mode.close()
        if has_heard_all:
            self._record_last_heartbeat()
        self.services.background.finish()
        self.services.flows.close(STOP_TIMEOUT_S)
        self.services.background.close()
        self._end_leases()
        self.services.replicas.leave()
        self.services.database.close()

    def _record_last_heartbeat(self) -> None:
        if self._scheduler is None:
            return  # it never listened
        # If the database is gone, the next start reads back a little more than it needs.
        with suppress(DatabaseBusy, ChangeUnknown):
            recovery.record_last_heartbeat(self.services, utcnow())

    def _end_leases(self) -> None:
        """Let others deliver what was leased and is not delivered by this process any more."""
        if self._scheduler is None:
            return  # it has not joined: another process may have its name
        # If the database is gone, the leases expire.
        with suppress(DatabaseBusy, ChangeUnknown):
            end_own_leases(self.services)

    def is_idle(self) -> bool:
        """True if nothing is left to do until something new happens."""
        return self.app.is_idle() and self.services.background.is_idle() and self.services.flows.is_idle()

    def settle(self, within_s: float = 20, every_s: float = 0.02) -> bool:
        """Wait until nothing is left to do, checking every `every_s` seconds."""
        return wait_until(self.is_idle, within_s, every_s)
