"""The order of the doctor's checks; a check that cannot run is left out, as the reason was reported before it."""

from collections.abc import Iterator

from bot.commands.doctor import alerts, database, files, pager, port, rosters, sources, tokens, webhooks, workspace
from bot.commands.doctor.findings import Finding, missing
from bot.config import floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.runtime.network import CaUnusable, Network
from bot.slack.gateway import Gateway


def examine(settings: Settings) -> Iterator[Finding]:
    """Run every check that is possible from here, and yield the findings."""
    yield from database.check(settings.database_url)
    yield from files.check(settings.floor_file, settings.playbooks_dir, settings.templates_dir)
    yield from _examine_way_out(settings)
    if settings.serves_http:
        yield from port.check(settings.host, settings.port)
    yield from sources.check(settings)
    yield from rosters.check(settings)
    yield from alerts.check(settings)
    yield from webhooks.check(settings)
    yield from pager.check(settings)
    token_findings = list(tokens.check(settings))
    yield from token_findings
    if settings.has_slack and not any(problem.is_missing for problem in token_findings):
        yield from _examine_workspace(settings)


def _examine_way_out(settings: Settings) -> Iterator[Finding]:
    """Check the company's certificates, which every request relies on."""
    try:
        Network.of(settings.proxy, settings.ca_file)
    except CaUnusable as unusable:
        yield missing(unusable.sentence, "The file is text and begins with -----BEGIN CERTIFICATE-----.")


def _examine_workspace(settings: Settings) -> Iterator[Finding]:
    try:
        network = Network.of(settings.proxy, settings.ca_file)
    except CaUnusable:
        return  # reported by an earlier check
    gateway = Gateway.to(settings.slack_api_url, settings.slack_bot_token.get_secret_value(), network)
    socket_gateway = None
    if not settings.speaks_http:
        socket_gateway = Gateway.to(settings.slack_api_url, settings.slack_app_token.get_secret_value(), network)
    try:
        floor_settings = floor.read(settings.floor_file)
    except (FileRefused, OSError):
        floor_settings = None
    yield from workspace.check(gateway, socket_gateway, floor_settings)
