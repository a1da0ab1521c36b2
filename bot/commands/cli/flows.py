"""`watchfloor flows`: flows that the bot started and gave up."""

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer(help="Work that the bot began and could not finish.", no_args_is_help=True)


@app.command("list")
def list_given_up() -> None:
    """List the flows that failed too often and were given up."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        keys = records.given_up(client)
    for key in keys or ["No flow was given up."]:
        typer.echo(key)


@app.command()
def retry(key: str) -> None:
    """Try a flow again that was given up. The running bot does it, or the next one that starts."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.start_again(client, key)
    typer.echo(f"{key} will be tried again.")


@app.command()
def drop(key: str) -> None:
    """Drop a flow that was given up; its alarm ends."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.drop(client, key)
    typer.echo(f"{key} is dropped.")
