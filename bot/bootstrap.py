"""Builds the bot from its settings; the only module that knows every other."""

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt.authorization import AuthorizeResult
from starlette.routing import Route

from bot import (
    alarms,
    alerts,
    cases,
    changes,
    channels,
    escalation,
    feeds,
    followups,
    frontdoor,
    handovers,
    impact,
    incidents,
    ledger,
    lockouts,
    partners,
    playbooks,
    postmortems,
    reports,
    screens,
    shifts,
    subscriptions,
    updates,
    webhooks,
)
from bot.channels import recovery
from bot.channels.listening import Listening
from bot.config import floor
from bot.config.settings import Settings
from bot.directory import lookup as directory
from bot.directory.cache import PeopleCache
from bot.directory.departures import Departures
from bot.incidents.change import run_after_commit
from bot.incidents.registry import Registry, Tick
from bot.incidents.ticks import next_due, run_ticks
from bot.outbox.batches import with_batches
from bot.outbox.kinds import POSTED, Kinds
from bot.outbox.take_over import end_own_leases, take_over
from bot.outbox.worker import Worker
from bot.runtime import clock, migrations, scheduler
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.clock import utcnow
from bot.runtime.database import ChangeUnknown, Database, DatabaseBusy, unusable_as_sentence
from bot.runtime.heartbeat import Heartbeat
from bot.runtime.logs import SOCKET_MODE
from bot.runtime.network import Network
from bot.runtime.replicas import Replicas
from bot.runtime.scheduler import Job
from bot.runtime.templates import Templates
from bot.runtime.workflows import Backoff, Flows, wait_until
from bot.screens import incident_list, postmortem, records, timeline
from bot.screens.outbox_incidents import OutboxIncidents
from bot.services import Services
from bot.slack.app import ImmediateAckApp
from bot.slack.connection_monitor import ConnectionWatch
from bot.slack.gateway import Gateway
from bot.slack.reachability import LOOK_EVERY_S, Reachability
from bot.slack.socket_mode import SocketModeConnection
from bot.web import health
from bot.web.alerts_endpoint import AlertsEndpoint
from bot.web.api.endpoints import Api
from bot.web.events_endpoint import EventsEndpoint
from bot.web.health import Finding, Health
from bot.web.metrics import Metrics
from bot.web.replay_guard import ReplayGuard
from bot.web.server import Server
from bot.web.signed_posts import signed_posts
from bot.web.site import site

# The order in which an event's handlers are called, and in which the clock looks for what is due: updates go first,
# for they are promised to the minute.
NOUNS = (
    incidents,
    updates,
    escalation,
    partners,
    handovers,
    shifts,
    playbooks,
    channels,
    subscriptions,
    followups,
    impact,
    frontdoor,
    ledger,
    lockouts,
    changes,
    cases,
    postmortems,
    reports,
    feeds,
    alerts,
    webhooks,
    alarms,
    screens,
    incident_list,
    timeline,
    records,
    postmortem,
)
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
        """Finish what an earlier process left behind, listen to Slack, watch the clock."""
        if self.settings.serves_http or self.services.floor.alerts:
            self.server = Server(self.settings.host, self.settings.port)
        # First, so that no other process works on a database whose shape is changed.
        self.services.replicas.join()
        migrations.upgrade(self.services.database.engine)
        end_own_leases(self.services)
        with unusable_as_sentence():
            self.services.flows.launch(self.services)
        self._listen()
        recovery.begin_listening(self.services, utcnow())
        if self.services.replicas.are_several:
            self.services.background.submit("take over", partial(take_over, self.services))
        self.services.background.submit("learn", partial(directory.refresh, self.services))
        self._scheduler = scheduler.start(self._jobs())

    def _jobs(self) -> list[Job]:
        """Everything the clock does: the tick of every second, and what is done now and then."""
        services = self.services
        jobs = [
            Job("tick", self.settings.tick_every_s, self._tick),
            Job("learn", REFRESH_EVERY_S, partial(directory.refresh, services)),
            Job("adopt", ADOPT_EVERY_S, services.flows.adopt),
        ]
        registered = services.get(Registry).jobs
        jobs += [Job(job.name, job.every_s, partial(job.run, services)) for job in registered]
        if self.reachability:
            jobs.append(Job("ask Slack", LOOK_EVERY_S, self.reachability.look))
        if connection := self.socket_mode or self.reachability:
            jobs.append(Job("watch the connection", CHECK_CONNECTION_EVERY_S, ConnectionWatch(connection).look))
        if services.replicas.are_several:
            jobs.append(Job("take over", TAKE_OVER_EVERY_S, partial(take_over, services)))
        return jobs

    def _tick(self) -> None:
        is_well = run_ticks(self.services, utcnow())
        if clock.is_shifted():
            clock.publish_next_due(next_due(self.services))
        if is_well:
            self.ticks.beat()

    def _listen(self) -> None:
        if self.settings.speaks_http:
            secret = self.settings.slack_signing_secret.get_secret_value()
            self.events_endpoint = EventsEndpoint(self.app, secret, ReplayGuard(self.services.database))
            self.reachability = Reachability(self.services.slack)
            self.services.get(Listening).use(self.reachability)
        else:
            app_token = self.settings.slack_app_token.get_secret_value()
            log = logging.getLogger(SOCKET_MODE)
            slack = Gateway.to(self.settings.slack_api_url, app_token, self.services.slack.network, log)
            self.socket_mode = SocketModeConnection(self.app, slack)
            self.services.get(Listening).use(self.socket_mode)
            self.socket_mode.connect()
        if self.server:
            posts = signed_posts(self.services, self.settings)
            alerts_endpoint = AlertsEndpoint(self.services)
            if alerts_endpoint.is_open:
                posts.append(Route("/alerts/{name}", alerts_endpoint.answer, methods=["POST"]))
            posts += [*Api(self.services).routes(), Metrics(self.services, self.ticks).route()]
            self.server.start(site(self._health(), self.events_endpoint, posts))

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
        """Take nothing new, finish what is in flight, let go of everything."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
        if self.server:
            self.server.stop()
        if self.events_endpoint:
            self.events_endpoint.close()
        # Asked before the connection is closed.
        heard_all = self.services.get(Listening).is_sure(self.services.floor.timeline.recover_after)
        if self.socket_mode:
            self.socket_mode.close()
        if heard_all:
            self._record_last_heartbeat()
        self.services.background.finish()
        self.services.flows.close(STOP_TIMEOUT_S)
        self.services.background.close()
        self.services.replicas.leave()
        self.services.database.close()

    def _record_last_heartbeat(self) -> None:
        if self._scheduler is None:
            return  # it never listened
        # A database that is gone cannot be told; then the next start reads back a little more than it needs.
        with suppress(DatabaseBusy, ChangeUnknown):
            recovery.record_heartbeat(self.services, utcnow(), timedelta())

    def is_idle(self) -> bool:
        """Is there nothing left to do until something new happens?"""
        return self.app.is_idle() and self.services.background.is_idle() and self.services.flows.is_idle()

    def settle(self, within_s: float = 20, every_s: float = 0.02) -> bool:
        """Wait until there is nothing left to do, looking every `every_s` seconds."""
        return wait_until(self.is_idle, within_s, every_s)


def build(settings: Settings) -> Bot:
    """The bot as its settings describe it. Nothing is connected yet."""
    clock.use_offset_file(settings.clock_file)
    services = build_services(settings)
    services.database.before_commit = services.get(Worker).lease
    services.database.after_commit = partial(after_commit, services)
    app = build_app(settings, services)
    return Bot(settings, services, app)


def after_commit(services: Services, notes: dict[str, Any]) -> None:
    """What a transaction made necessary: Slack is brought up to date, and what handlers asked for is done."""
    services.get(Worker).wake(notes)
    run_after_commit(notes)


def build_registry() -> Registry:
    """What every noun brings."""
    registry = Registry()
    for noun in NOUNS:
        noun.register(registry)
    registry.ticks.append(Tick("outbox", lambda services, now: services.get(Worker).tick(now)))
    return registry


def build_services(settings: Settings) -> Services:
    """The database, Slack, the floor, the templates, the engine."""
    floor_settings = floor.read(settings.floor_file, settings.templates_dir)
    background = BackgroundWorker()
    registry = build_registry()
    slack = Gateway.to(
        settings.slack_api_url,
        settings.slack_bot_token.get_secret_value(),
        Network.of(settings.proxy, settings.ca_file),
    )
    slack.other_team_ids = settings.other_team_ids
    parts_by_class = [make(settings, floor_settings) for make in registry.parts]
    parts: dict[type, Any] = {
        type(part): part
        for part in (
            registry,
            PeopleCache(),
            Listening(),
            Departures(registry.departures, registry.unavailable),
            *parts_by_class,
        )
        if part is not None
    }
    services = Services(
        database=Database(settings.database_url),
        slack=slack,
        floor=floor_settings,
        templates=Templates(settings.templates_dir),
        flows=Flows(
            settings.durable_url,
            backoff=Backoff(settings.retry_first_s, settings.retry_longest_s),
            replica=settings.replica_name,
            give_way=background.yield_to_foreground,
        ),
        background=background,
        replicas=Replicas(settings.database_url, settings.replica_name),
        parts=parts,
    )
    parts[Worker] = Worker(services, Kinds.of(OutboxIncidents(), with_batches([POSTED, *registry.kinds])))
    return services


def build_app(settings: Settings, services: Services) -> ImmediateAckApp:
    """Bolt, with every listener."""

    def authorize() -> AuthorizeResult:
        # Nothing is asked of Slack here, which may not answer while a person waits.
        token = settings.slack_bot_token.get_secret_value()
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    app = ImmediateAckApp(
        services.background.foreground,
        # Bolt would look for a name in the source of every loaded module: a third of a second at each start.
        name="watchfloor",
        # Bolt itself calls none of Slack's methods.
        client=Gateway.to(settings.slack_api_url, None, services.slack.network).client,
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() or "socket mode needs none",
        request_verification_enabled=settings.speaks_http,
        ignoring_self_events_enabled=False,
    )
    for listen in services.get(Registry).listeners:
        listen(app, services)
    app.dispatch_by_id()
    return app
