"""Commands on stored records: export, back up, purge, verify."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer()
audit_commands = typer.Typer(help="The log under the timelines.", no_args_is_help=True)
database_commands = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(audit_commands, name="audit")
app.add_typer(database_commands, name="db")


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
    for line in purged.summary_lines(is_dry=dry_run):
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
