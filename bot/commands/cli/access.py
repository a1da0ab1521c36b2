"""`watchfloor tokens` and `webhooks`: access for readers, and notifications to other systems."""

from typing import Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer()
token_commands = typer.Typer(help="Tokens for reading the API and the metrics.", no_args_is_help=True)
webhook_commands = typer.Typer(help="Systems to which events are sent.", no_args_is_help=True)
app.add_typer(token_commands, name="tokens")
app.add_typer(webhook_commands, name="webhooks")


@token_commands.command("create")
def create_token(
    name: str,
    scope: Annotated[list[str] | None, typer.Option(help="incidents, figures, reports or metrics.")] = None,
) -> None:
    """Create a token for another system. It is printed once and stored only as a digest."""
    from bot.commands import integrations

    with errors_as_sentences():
        typer.echo(integrations.create_token(settings_of.read(), name, scope or []))


@token_commands.command("revoke")
def revoke_token(name: str) -> None:
    """Revoke a token."""
    from bot.commands import integrations

    with errors_as_sentences():
        integrations.revoke_token(settings_of.read(), name)
    typer.echo(f"The token {name} is revoked.")


@token_commands.command("list")
def list_tokens() -> None:
    """List the tokens with their scopes."""
    from bot.commands import integrations

    with errors_as_sentences():
        lines = integrations.list_tokens(settings_of.read())
    for line in lines or ["There is no token. `watchfloor tokens create NAME --scope incidents` creates one."]:
        typer.echo(line)


@webhook_commands.command("replay")
def replay_webhook(
    name: str, since: Annotated[str, typer.Option(help="How far back, such as '24 h'.")] = "24 h"
) -> None:
    """Send a webhook's events again, in order and with the same ids."""
    from bot.commands import integrations
    from bot.config.floor import read_duration

    with errors_as_sentences():
        try:
            age = read_duration(since)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
        count = integrations.replay(settings_of.read(), name, age)
    typer.echo(f"{count} events will be sent again by the bot, as soon as it runs.")
