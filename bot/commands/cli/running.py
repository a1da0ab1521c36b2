"""Commands that run the bot and the sandbox and help to set them up."""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of
from bot.config.settings import Settings

if TYPE_CHECKING:
    from bot.bootstrap import Bot

FIRST_COMMAND = "/incident declare S1 IVR down in Manila"
PORT_IN_USE_HINT = "End what runs there, or choose another port: WATCHFLOOR_SANDBOX_PORT=8100 make run"
app = typer.Typer()


@app.command()
def run() -> None:
    """Run the bot in the workspace of the tokens, or without tokens in a local one."""
    # Imported objects are never garbage, and garbage collection during the imports costs a tenth of the start.
    gc.disable()
    from bot.commands.sandbox_process import sandbox_beside_bot
    from bot.runtime import logs, postgresql_driver

    with errors_as_sentences(), ExitStack() as stack:
        settings = settings_of.read()
        settings_of.check_tokens(settings)
        logs.configure(settings.log_format)
        if settings.is_sqlite:
            postgresql_driver.leave_out()
        if settings.has_slack:
            _run(settings, "Watchfloor is ready in your workspace. Ctrl-C ends it.", lambda: True)
            return
        # The workspace starts while this process imports the bot.
        workspace = stack.enter_context(sandbox_beside_bot(settings))
        from bot.commands import run as running

        assert running
        settings = workspace.settings_for_bot(settings)
        ready_message = f"Open {workspace.url} – you are Ana. Type {FIRST_COMMAND}"
        _run(settings, ready_message, workspace.is_running)


def _run(settings: Settings, ready_message: str, can_go_on: Callable[[], bool]) -> None:
    from bot.commands import run as running

    def when_ready(bot: "Bot") -> None:
        typer.echo(ready_message)

    running.run(settings, when_ready, can_go_on)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="The port of the page and the Web API.")] = 8099,
    data: Annotated[Path, typer.Option(help="The folder of the workspace.")] = Path("data/sandbox"),
    beside: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run a local Slack workspace, for a bot in another process."""
    from bot.commands.manifest import manifest as app_manifest
    from slack_sandbox import command

    try:
        command.run(port, data, app_manifest(), is_child=beside)
    except command.PortInUse:
        typer.echo(f"Port {port} is in use. {PORT_IN_USE_HINT}", err=True)
        raise typer.Exit(1) from None
    except command.FolderUnusable as unusable:
        typer.echo(str(unusable), err=True)
        raise typer.Exit(1) from None


@app.command()
def manifest(
    socket_mode: Annotated[bool, typer.Option(help="Socket Mode, or HTTP requests to `--url`.")] = True,
    url: Annotated[str, typer.Option(help="In HTTP mode, the address at which Slack reaches the bot.")] = "",
) -> None:
    """Print the app's manifest, to paste at https://api.slack.com/apps → Create New App → From a manifest."""
    import yaml

    from bot.commands.manifest import manifest as app_manifest

    if not socket_mode and not url.startswith("https://"):
        typer.echo("HTTP mode needs the address at which Slack reaches this bot: --url https://…", err=True)
        raise typer.Exit(1)
    content = app_manifest("" if socket_mode else url)
    typer.echo(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), nl=False)


@app.command()
def doctor(
    checklist: Annotated[
        bool, typer.Option("--checklist", help="Only list the channels and groups that floor.yaml needs.")
    ] = False,
) -> None:
    """Check the set-up: what is missing, and what to do about it."""
    from bot.commands.doctor import examine
    from bot.commands.doctor.checklist import lines
    from bot.config import floor

    if checklist:
        with errors_as_sentences():
            for line in lines(floor.read(settings_of.read().floor_file)):
                typer.echo(line)
        return
    is_missing = False
    with errors_as_sentences():
        for finding in examine(settings_of.read()):
            typer.echo(finding)
            is_missing = is_missing or finding.is_missing
    if is_missing:
        raise typer.Exit(1)


@app.command(name="commands")
def print_reference() -> None:
    """Print the reference of `/incident`, which is docs/commands.md."""
    from bot.bootstrap import build_registry
    from bot.commands.reference import render

    typer.echo(render(build_registry()), nl=False)
