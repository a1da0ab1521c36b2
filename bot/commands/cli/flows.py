"""`watchfloor flows`: flows that the bot started and gave up."""

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer(help="What the bot began and gave up.", no_args_is_help=True)


@app.command("list")
def list_given_up() -> None:
    """Name the flows that failed too often and wait for somebody to act."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        keys = records.given_up(client)
    for key in keys or ["No flow was given up."]:
        typer.echo(key)


@app.command()
def retry(key: str) -> None:
    """Let the running bot, or the next that starts, try a flow again that was given up."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.start_again(client, key)
    typer.echo(f"{key} is tried again.")


@app.command()
def drop(key: str) -> None:
    """Forget a flow that was given up; its alarm ends."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.drop(client, key)
    typer.echo(f"{key} is forgotten.")
