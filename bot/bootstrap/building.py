"""Builds the bot from its settings; only this package imports all the others."""

from functools import partial
from typing import Any

from slack_bolt.authorization import AuthorizeResult

from bot.bootstrap.nouns import build_registry
from bot.bootstrap.running import Bot
from bot.channels.listening import Listening
from bot.config import floor
from bot.config.settings import Settings
from bot.directory.cache import PeopleCache
from bot.directory.departures import Departures
from bot.incidents import dispatch
from bot.incidents.change import run_after_commit
from bot.incidents.registry import Registry
from bot.outbox.batches import with_batches
from bot.outbox.kinds import POSTED, Kinds
from bot.outbox.worker import Worker
from bot.runtime import clock
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.database import Database
from bot.runtime.network import Network
from bot.runtime.replicas import Replicas
from bot.runtime.templates import Templates
from bot.runtime.workflows import Backoff, Flows
from bot.screens.snapshot import OutboxIncidents
from bot.services import Services
from bot.slack.app import ImmediateAckApp
from bot.slack.echoes import is_echo
from bot.slack.gateway import Gateway


def build(settings: Settings) -> Bot:
    """Return the bot that the settings describe. Nothing is connected yet."""
    clock.use_offset_file(settings.clock_file)
    services = build_services(settings)
    services.database.before_commit = services.get(Worker).lease
    services.database.after_commit = partial(after_commit, services)
    app = build_app(settings, services)
    return Bot(settings, services, app)


def after_commit(services: Services, notes: dict[str, Any]) -> None:
    """Do what the transaction made necessary: bring Slack up to date and run what handlers deferred."""
    services.get(Worker).wake(notes)
    run_after_commit(notes)


def build_services(settings: Settings) -> Services:
    """Build the database, Slack, the floor, the templates and the engine."""
    floor_settings = floor.read(settings.floor_file, settings.templates_dir)
    background = BackgroundWorker()
    registry = build_registry()
    slack = Gateway.to(
        settings.slack_api_url,
        settings.slack_bot_token.get_secret_value(),
        Network.of(settings.proxy, settings.ca_file),
    )
    slack.other_team_ids = settings.other_team_ids
    noun_parts = [build_part(settings, floor_settings) for build_part in registry.parts]
    parts: dict[type, Any] = {
        type(part): part
        for part in (
            registry,
            registry.event_handlers,
            PeopleCache(),
            Listening(),
            Departures(registry.departures, registry.unavailable),
            *noun_parts,
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
    kinds = with_batches([POSTED, *registry.kinds])
    parts[Worker] = Worker(services, Kinds.of(OutboxIncidents(floor_settings), kinds))
    return services


def build_app(settings: Settings, services: Services) -> ImmediateAckApp:
    """Return the Bolt app with every listener."""

    def authorize() -> AuthorizeResult:
        # No call to Slack here: it may not answer while a person waits.
        token = settings.slack_bot_token.get_secret_value()
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    app = ImmediateAckApp(
        services.background.foreground,
        # Without a name, Bolt searches the source of every loaded module: a third of a second at each start.
        name="watchfloor",
        # No token: Bolt itself calls none of Slack's methods.
        client=Gateway.to(settings.slack_api_url, None, services.slack.network).client,
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value() or "socket mode needs none",
        request_verification_enabled=settings.speaks_http,
        ignoring_self_events_enabled=False,
    )
    for listen in services.get(Registry).listeners:
        listen(app, services)
    app.refuse = partial(dispatch.refuse, services)
    slack = services.slack
    app.is_echo = lambda body: slack.knows_itself and is_echo(body, slack.own_ids())
    app.dispatch_by_id()
    return app
