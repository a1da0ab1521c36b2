"""The order of the doctor's checks; a check that cannot run is left out, as the reason was reported before it."""

from collections.abc import Iterator

from bot.commands.doctor import database, files, other_systems, port, rosters, sources, tokens, workspace
from bot.commands.doctor.findings import Finding, missing
from bot.config import floor
from bot.config import settings as settings_of
from bot.config.floor import Floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.runtime.network import CaUnusable, Network
from bot.slack.gateway import Gateway


def examine(settings: Settings) -> Iterator[Finding]:
    """Run every check that is possible from here, and yield the findings."""
    yield from database.check(settings.database_url)
    yield from files.check(settings.floor_file, settings.playbooks_dir, settings.templates_dir)
    floor_settings = _read_floor(settings)
    yield from tokens.check_names(settings_of.environment(), floor_settings)
    network = None
    try:
        network = Network.of(settings.proxy, settings.ca_file)
    except CaUnusable as unusable:  # the company's certificates, which every request relies on
        yield missing(unusable.sentence, "The file is text and begins with -----BEGIN CERTIFICATE-----.")
    if settings.serves_http:
        yield from port.check(settings.host, settings.port)
    if floor_settings is not None and network is not None:
        yield from sources.check(settings, floor_settings)
        yield from rosters.check(settings, floor_settings, network)
        yield from other_systems.check_alerts(settings, floor_settings)
        yield from other_systems.check_webhooks(settings, floor_settings)
        yield from other_systems.check_pager(floor_settings.pager, network)
    token_findings = list(tokens.check(settings))
    yield from token_findings
    if settings.has_slack and network is not None and not any(problem.is_missing for problem in token_findings):
        yield from _examine_workspace(settings, floor_settings, network)


def _read_floor(settings: Settings) -> Floor | None:
    """The settings in floor.yaml; None if it cannot be read, which `files.check` has reported."""
    try:
        return floor.read(settings.floor_file)
    except (FileRefused, OSError):
        return None


def _examine_workspace(settings: Settings, floor_settings: Floor | None, network: Network) -> Iterator[Finding]:
    gateway = Gateway.to(settings.slack_api_url, settings.slack_bot_token.get_secret_value(), network)
    socket_gateway = None
    if not settings.speaks_http:
        socket_gateway = Gateway.to(settings.slack_api_url, settings.slack_app_token.get_secret_value(), network)
    yield from workspace.check(gateway, socket_gateway, floor_settings)
