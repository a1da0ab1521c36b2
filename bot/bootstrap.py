"""Builds the bot from its settings; the only module that knows every other."""

import logging
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt.authorization import AuthorizeResult

from bot import scheduler
from bot.channels import recovery
from bot.config import floor
from bot.config.settings import Settings
from bot.directory import lookup as directory
from bot.escalation import listeners as escalation
from bot.escalation import pager
from bot.followups import listeners as followups
from bot.incidents import commands
from bot.incidents import lifecycle_listeners as endings
from bot.incidents import listeners as incidents
from bot.incidents import slack_events as events
from bot.outbox.refresh import wake
from bot.outbox.take_over import free, take_over
from bot.partners import listeners as partners
from bot.playbooks import listeners as playbook_listeners
from bot.playbooks.reloading import Shelf
from bot.postmortems import listeners as postmortem_listeners
from bot.runtime import clock, migrations
from bot.runtime.background import Soon
from bot.runtime.clock import utcnow
from bot.runtime.database import ChangeUnknown, DatabaseBusy, Store
from bot.runtime.heartbeat import Pulse
from bot.runtime.logs import SOCKET_MODE
from bot.runtime.replicas import Replicas
from bot.runtime.templates import Templates
from bot.runtime.workflows import Backoff, Flows, wait_until
from bot.screens.timeline import listeners as timeline_listeners
from bot.services import Services
from bot.slack.app import PromptApp
from bot.slack.gateway import Gateway
from bot.slack.socket_mode import Line
from bot.subscriptions import listeners as subscriptions
from bot.updates import listeners as updates
from bot.web import health
from bot.web.events_endpoint import Door
from bot.web.health import Health
from bot.web.server import Server
from bot.web.site import site

STOPS_WITHIN_S = 8


@dataclass
class Bot:
    """A bot that can be started and stopped."""

    settings: Settings
    services: Services
    app: PromptApp
    ticks: Pulse = field(default_factory=Pulse, init=False)
    server: Server | None = field(default=None, init=False)
    door: Door | None = field(default=None, init=False)
    line: Line | None = field(default=None, init=False)
    _scheduler: BackgroundScheduler | None = field(default=None, init=False)

    def start(self) -> None:
        """Finish what an earlier process left behind, listen to Slack, watch the clock."""
        if self.settings.serves_http:
            self.server = Server(self.settings.host, self.settings.port)
        migrations.upgrade(self.services.store.engine)
        self.services.replicas.join()
        free(self.services, self.services.replicas.name, utcnow())
        self.services.flows.launch(self.services)
        self._listen()
        recovery.notice(self.services, utcnow())
        if self.services.replicas.are_several:
            self.services.soon.do("take over", partial(take_over, self.services))
        self.services.soon.do("learn", partial(directory.learn, self.services))
        self._scheduler = scheduler.start(self.services, self.settings.tick_every_s, self.ticks, self.line)

    def _listen(self) -> None:
        if self.settings.speaks_http:
            self.door = Door(self.app, self.settings.slack_signing_secret.get_secret_value())
        else:
            self.line = Line(self.app, self.settings.slack_app_token.get_secret_value())
            self.line.connect()
        if self.server:
            self.server.start(site(self._health(), self.door))

    def _health(self) -> Health:
        every_s = self.settings.tick_every_s
        return Health(
            (
                lambda: health.database(self.services.store),
                lambda: health.clock(self.ticks, every_s),
                lambda: health.slack(self.line),
                lambda: health.alarms(self.services.store),
            )
        )

    def stop(self) -> None:
        """Take nothing new, finish what is in flight, let go of everything."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
        if self.server:
            self.server.stop()
        if self.door:
            self.door.close()
        if self.line:
            self.line.close()
        self._write_down_the_last_moment()
        self.services.soon.finish()
        self.services.flows.close(STOPS_WITHIN_S)
        self.services.soon.close()
        self.services.replicas.leave()
        self.services.store.close()

    def _write_down_the_last_moment(self) -> None:
        if self._scheduler is None:
            return  # it never listened
        # A database that is gone cannot be told; then the next start reads back a little more than it needs.
        with suppress(DatabaseBusy, ChangeUnknown):
            recovery.keep_beating(self.services, utcnow(), timedelta())

    def is_idle(self) -> bool:
        """Is there nothing left to do until something new happens?"""
        return self.services.soon.is_idle() and self.services.flows.are_done()

    def settle(self, within_s: float = 20, every_s: float = 0.02) -> bool:
        """Wait until there is nothing left to do, looking every `every_s` seconds."""
        return wait_until(self.is_idle, within_s, every_s)


def build(settings: Settings) -> Bot:
    """The bot as its settings describe it. Nothing is connected yet."""
    clock.follow(settings.clock_file)
    services = build_services(settings)
    services.store.after_commit = partial(wake, services)
    app = build_app(settings, services)
    return Bot(settings, services, app)


def build_services(settings: Settings) -> Services:
    """The database, Slack, the floor, the templates, the engine."""
    the_floor = floor.read(settings.floor_file)
    soon = Soon()
    return Services(
        store=Store(settings.database_url),
        slack=Gateway.to(settings.slack_api_url, settings.slack_bot_token.get_secret_value()),
        floor=the_floor,
        templates=Templates(settings.templates_dir),
        flows=Flows(
            settings.durable_url,
            backoff=Backoff(settings.retry_first_s, settings.retry_longest_s),
            replica=settings.replica_name,
            give_way=soon.give_crowd_way,
        ),
        soon=soon,
        shelf=Shelf(settings.playbooks_dir, the_floor, settings.playbooks_every_s),
        replicas=Replicas(settings.database_url, settings.replica_name),
        pager=pager.described(the_floor.pager, os.environ),
    )


def build_app(settings: Settings, services: Services) -> PromptApp:
    """Bolt, with every listener."""

    def authorize() -> AuthorizeResult:
        # Asked once and remembered: Bolt would ask Slack again while a person waits.
        return AuthorizeResult(
            enterprise_id=None,
            team_id=services.slack.team_id(),
            bot_user_id=services.slack.user_id(),
            bot_token=settings.slack_bot_token.get_secret_value(),
        )

    app = PromptApp(
        services.soon.somebody_waits,
        # Of Slack's methods Bolt calls the one alone that opens Socket Mode's line.
        client=Gateway.to(settings.slack_api_url, None, logging.getLogger(SOCKET_MODE)).client,
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() or "socket mode needs none",
        request_verification_enabled=settings.speaks_http,
        ignoring_self_events_enabled=False,
    )
    # Bolt tries listeners in this order: what is clicked most is found first.
    for listeners in (
        playbook_listeners,
        events,
        commands,
        timeline_listeners,
        incidents,
        endings,
        escalation,
        followups,
        postmortem_listeners,
        partners,
        subscriptions,
        updates,
    ):
        listeners.register(app, services)
    return app
