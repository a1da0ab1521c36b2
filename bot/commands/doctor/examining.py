"""The order in which the doctor looks; what cannot be looked at is left out, because the reason stands above."""

from collections.abc import Iterator

from bot.commands.doctor import database, files, tokens, workspace
from bot.commands.doctor.findings import Finding
from bot.config import floor
from bot.config.settings import Settings
from bot.config.yaml_file import FileRefused
from bot.slack.gateway import Gateway


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything that can be known from here, one finding after another."""
    yield from database.look(settings.database_url)
    yield from files.look(settings.floor_file, settings.playbooks_dir, settings.templates_dir)
    problems = list(tokens.look(settings))
    yield from problems
    if settings.has_slack and not any(problem.is_missing for problem in problems):
        yield from _workspace(settings)


def _workspace(settings: Settings) -> Iterator[Finding]:
    gateway = Gateway.to(settings.slack_api_url, settings.slack_bot_token.get_secret_value())
    line = None
    if not settings.speaks_http:
        line = Gateway.to(settings.slack_api_url, settings.slack_app_token.get_secret_value())
    try:
        rules = floor.read(settings.floor_file)
    except (FileRefused, OSError):
        rules = None
    yield from workspace.look(gateway, line, rules)
