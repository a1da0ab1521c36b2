"""The command line. Every command loads what it needs itself, so that the bot starts fast."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.config import settings as settings_of
from bot.config.settings import Settings
from bot.errors import WatchfloorError

if TYPE_CHECKING:
    from bot.bootstrap import Bot

FIRST_COMMAND = "/incident declare S1 IVR down in Manila"
PORT_IN_USE_HINT = "End what runs there, or choose another port: WATCHFLOOR_SANDBOX_PORT=8100 make run"

app = typer.Typer(
    help="Runs major incidents in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
playbook_commands = typer.Typer(help="The playbooks of this floor.", no_args_is_help=True)
database_commands = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(playbook_commands, name="playbooks")
app.add_typer(database_commands, name="db")
audit_commands = typer.Typer(help="The log under the timelines.", no_args_is_help=True)
app.add_typer(audit_commands, name="audit")


figure_commands = typer.Typer(help="The figures of queues.", no_args_is_help=True)
app.add_typer(figure_commands, name="figures")


case_commands = typer.Typer(help="The cases of customers.", no_args_is_help=True)
app.add_typer(case_commands, name="cases")


source_commands = typer.Typer(help="Other systems that are read.", no_args_is_help=True)
app.add_typer(source_commands, name="sources")


token_commands = typer.Typer(help="Who may read the API and the metrics.", no_args_is_help=True)
app.add_typer(token_commands, name="tokens")
webhook_commands = typer.Typer(help="Systems that are told of incidents.", no_args_is_help=True)
app.add_typer(webhook_commands, name="webhooks")


flows = typer.Typer(help="What the bot began and gave up.", no_args_is_help=True)
app.add_typer(flows, name="flows")


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Whatever is wrong with settings or files is said in sentences, without a traceback."""
    from bot.config.yaml_file import FileRefused

    try:
        yield
    except (WatchfloorError, FileRefused) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


@app.command()
def run() -> None:
    """Run the bot: in the workspace that the tokens open, or else in one of its own on this machine."""
    # Nothing that is imported is garbage: looking for garbage meanwhile costs a tenth of the start.
    gc.disable()
    from bot.commands.sandbox_process import sandbox_beside_bot
    from bot.runtime import logs

    with errors_as_sentences(), ExitStack() as stack:
        settings = settings_of.read()
        settings_of.check_tokens(settings)
        logs.configure(settings.log_format)
        if settings.has_slack:
            _run(settings, "Watchfloor is ready in your workspace. Ctrl-C ends it.", lambda: True)
            return
        # The workspace starts while this process loads the bot.
        workspace = stack.enter_context(sandbox_beside_bot(settings))
        from bot.commands import run as running

        assert running
        settings = workspace.settings_for_bot(settings)
        ready_message = f"Open {workspace.url} – you are Ana. Type {FIRST_COMMAND}"
        _run(settings, ready_message, workspace.is_there)


def _run(settings: Settings, ready_message: str, can_go_on: Callable[[], bool]) -> None:
    from bot.commands import run as running

    def when_ready(bot: "Bot") -> None:
        typer.echo(ready_message)

    running.run(settings, when_ready, can_go_on)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where the page and the Web API are.")] = 8099,
    data: Annotated[Path, typer.Option(help="Where the workspace is kept.")] = Path("data/sandbox"),
    beside: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run a Slack workspace on this machine, for a bot that runs elsewhere."""
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
    socket_mode: Annotated[bool, typer.Option(help="Socket Mode, or requests to an address of yours.")] = True,
    url: Annotated[str, typer.Option(help="For HTTP mode: where Slack reaches this bot.")] = "",
) -> None:
    """Print the app manifest: paste it once at https://api.slack.com/apps → Create New App → From a manifest."""
    import yaml

    from bot.commands.manifest import manifest as app_manifest

    if not socket_mode and not url.startswith("https://"):
        typer.echo("HTTP mode needs the address at which Slack reaches this bot: --url https://…", err=True)
        raise typer.Exit(1)
    described = app_manifest("" if socket_mode else url)
    typer.echo(yaml.safe_dump(described, sort_keys=False, allow_unicode=True), nl=False)


@app.command()
def doctor(
    checklist: Annotated[
        bool, typer.Option("--checklist", help="Only what has to be made in the workspace, by floor.yaml.")
    ] = False,
) -> None:
    """Say what is missing before the bot can run well, and what to do about it."""
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


@playbook_commands.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; else those of the floor.")] = None,
) -> None:
    """Read every playbook and name everything that is wrong, with file and line."""
    from bot.config import floor
    from bot.playbooks import library

    with errors_as_sentences():
        settings = settings_of.read()
        known = floor.read(settings.floor_file)
        checked = [library.check_path(path, known) for path in paths or [settings.playbooks_dir]]
    problems = [problem for _, found in checked for problem in found]
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    number = sum(count for count, _ in checked)
    typer.echo("1 playbook, nothing wrong." if number == 1 else f"{number} playbooks, nothing wrong.")


@playbook_commands.command()
def show(name: str) -> None:
    """Print a playbook as a person reads it."""
    from bot.playbooks import library
    from bot.playbooks.as_text import render_text

    with errors_as_sentences():
        loaded = library.load_library(settings_of.read().playbooks_dir).playbooks
    if name not in loaded:
        typer.echo(f"There is no playbook `{name}`. There are: {', '.join(sorted(loaded))}.", err=True)
        raise typer.Exit(1)
    typer.echo(render_text(name, loaded[name]), nl=False)


@playbook_commands.command()
def schema() -> None:
    """Print the JSON Schema of a playbook, for an editor that completes and checks."""
    from bot.playbooks.playbook import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command(name="commands")
def print_reference() -> None:
    """Print the reference of `/incident` as Markdown: docs/commands.md."""
    from bot.bootstrap import build_registry
    from bot.commands.reference import render

    typer.echo(render(build_registry()), nl=False)


@app.command()
def export(
    number: Annotated[int, typer.Argument(help="The incident's number.", min=1)],
    to: Annotated[Path | None, typer.Option(help="The folder, or the zip file, to be made.")] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="One zip file in place of a folder.")] = False,
    private: Annotated[bool, typer.Option("--private", help="A private incident too.")] = False,
) -> None:
    """Write everything of one incident to files: JSON, CSV, the post-mortem, the picture of its timeline."""
    from bot.commands import export as exporting

    with errors_as_sentences():
        target = to or Path(f"incident-{number}.zip" if zipped else f"incident-{number}")
        written_to = exporting.export(settings_of.read(), number, target, zipped=zipped, is_private_meant=private)
    typer.echo(f"Incident {number} is in {written_to}.")


@app.command()
def purge(
    older_than: Annotated[str, typer.Option(help="How old words may be, such as '730 days'.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Take out what people wrote in incidents closed long ago; figures stay. There is no way back."""
    from bot.commands import purge as purging
    from bot.config.floor import read_duration

    with errors_as_sentences():
        try:
            age = read_duration(older_than) if older_than else None
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
        purged = purging.run(settings_of.read(), age, typer.echo, is_dry=dry_run)
    for line in purged.told(is_dry=dry_run):
        typer.echo(line)


@app.command()
def hold(
    number: Annotated[int, typer.Argument(help="The incident's number.", min=1)],
    release: Annotated[bool, typer.Option("--release", help="No longer.")] = False,
) -> None:
    """Keep an incident's words whatever their age, or no longer."""
    from bot.commands import purge as purging

    with errors_as_sentences():
        purging.hold(settings_of.read(), number, is_held=not release)
    typer.echo(f"Incident {number} is {'no longer ' if release else ''}kept from `watchfloor purge`.")


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="The zip file to be made.")],
) -> None:
    """Write everything that cannot be made anew into one file, while the bot runs or not."""
    from bot.commands import backup as backups

    with errors_as_sentences():
        backups.backup(settings_of.read(), to)
    typer.echo(f"The backup is {to}. It holds what people wrote: keep it where only you can read it.")


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="A file that `watchfloor backup` made.")],
) -> None:
    """Bring back what a backup holds, while no bot runs; what is there now is kept beside it."""
    from bot.commands import backup as backups

    with errors_as_sentences():
        for line in backups.restore(settings_of.read(), backup):
            typer.echo(line)


@figure_commands.command("import")
def import_figures(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx, as the contact centre exports it.", exists=True)],
    queue: Annotated[str, typer.Option(help="The queue, where no column names it.")] = "",
    zone: Annotated[str, typer.Option(help="Of times without a zone; `figures: zone:` of floor.yaml.")] = "",
    incident: Annotated[int | None, typer.Option(help="The incident that they are brought for.", min=1)] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would be imported.")] = False,
) -> None:
    """Import interval figures from a file, beside a bot that runs or not. The same file twice changes nothing."""
    from bot.commands import figures

    with errors_as_sentences():
        lines = figures.run(settings_of.read(), file, queue, zone, incident, is_dry=preview)
    for line in lines:
        typer.echo(line)


@case_commands.command("import")
def import_cases(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx, a row a case or a row a change.", exists=True)],
    source: Annotated[
        str, typer.Option(help="Which system they are from; a case is known by it and its number.")
    ] = "",
    zone: Annotated[str, typer.Option(help="Of times without a zone; `cases: zone:` of floor.yaml.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would be imported.")] = False,
) -> None:
    """Import cases from a file, beside a bot that runs or not. The same file twice changes nothing."""
    from bot.commands import cases

    with errors_as_sentences():
        lines = cases.run(settings_of.read(), file, source, zone, is_dry=preview)
    for line in lines:
        typer.echo(line)


@case_commands.command()
def bursts(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx of cases.", exists=True)],
    zone: Annotated[str, typer.Option(help="Of times without a zone; `cases: zone:` of floor.yaml.")] = "",
) -> None:
    """Print the alerts of like cases that a file would have brought, as they would have come; nothing is kept."""
    from bot.commands import cases

    with errors_as_sentences():
        lines = cases.bursts(settings_of.read(), file, zone)
    for line in lines:
        typer.echo(line)


@source_commands.command("try")
def try_source(name: str) -> None:
    """Read a page of a source and print five rows of it; nothing is kept."""
    from bot.commands import sources

    with errors_as_sentences():
        for line in sources.try_source(settings_of.read(), name):
            typer.echo(line)


@source_commands.command("list")
def list_sources() -> None:
    """Name the sources, and how old what is known of each is."""
    from bot.commands import sources

    with errors_as_sentences():
        for line in sources.list_sources(settings_of.read()):
            typer.echo(line)


@token_commands.command("create")
def create_token(
    name: str,
    scope: Annotated[list[str] | None, typer.Option(help="incidents, figures, reports or metrics.")] = None,
) -> None:
    """Make a token for another system. It is printed once, and kept nowhere."""
    from bot.commands import integrations

    with errors_as_sentences():
        typer.echo(integrations.create_token(settings_of.read(), name, scope or []))


@token_commands.command("revoke")
def revoke_token(name: str) -> None:
    """Let a token open nothing any more."""
    from bot.commands import integrations

    with errors_as_sentences():
        integrations.revoke_token(settings_of.read(), name)
    typer.echo(f"The token {name} opens nothing any more.")


@token_commands.command("list")
def list_tokens() -> None:
    """Name the tokens, and what each is for."""
    from bot.commands import integrations

    with errors_as_sentences():
        for line in integrations.list_tokens(settings_of.read()):
            typer.echo(line)


@webhook_commands.command("replay")
def replay_webhook(
    name: str,
    since: Annotated[str, typer.Option(help="How far back, such as '24 h'.")] = "24 h",
) -> None:
    """Send a webhook's events again, in their order; its receiver knows them by their ids."""
    from bot.commands import integrations
    from bot.config.floor import read_duration

    with errors_as_sentences():
        try:
            age = read_duration(since)
        except ValueError as wrong:
            raise typer.BadParameter(str(wrong)) from None
        count = integrations.replay(settings_of.read(), name, age)
    typer.echo(f"{count} events are sent again by the running bot, or by the next that starts.")


@audit_commands.command()
def verify() -> None:
    """Find whatever was changed, put in or taken out of a timeline behind the bot's back."""
    from bot.runtime import migrations
    from bot.runtime.database import Database
    from bot.timeline import verification

    with errors_as_sentences():
        database = Database(settings_of.read().database_url)
        migrations.check(database.engine)
        with database.snapshot() as session:
            numbers = verification.incidents_with_a_timeline(session)
            findings = [finding for number in numbers for finding in verification.verify(session, number)]
        database.close()
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)
    typer.echo(f"{len(numbers)} timelines, every entry as it was written.")


@database_commands.command()
def upgrade() -> None:
    """Bring the database to the newest shape; `watchfloor run` does so too."""
    from bot.runtime import migrations
    from bot.runtime.database import Database

    with errors_as_sentences():
        database = Database(settings_of.read().database_url)
        migrations.upgrade(database.engine)
        database.close()
    typer.echo("The database has the newest shape.")


@flows.command("list")
def list_given_up() -> None:
    """Name the flows that failed too often and wait for somebody to act."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        keys = records.given_up(client)
    for key in keys or ["No flow was given up."]:
        typer.echo(key)


@flows.command()
def retry(key: str) -> None:
    """Let the running bot, or the next that starts, try a flow again that was given up."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.start_again(client, key)
    typer.echo(f"{key} is tried again.")


@flows.command()
def drop(key: str) -> None:
    """Forget a flow that was given up; its alarm ends."""
    from bot.runtime.workflows import records

    with errors_as_sentences(), records.client_of(settings_of.read().durable_url) as client:
        records.drop(client, key)
    typer.echo(f"{key} is forgotten.")
