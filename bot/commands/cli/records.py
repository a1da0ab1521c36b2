"""Commands on stored records: export, back up, purge, verify."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer()
audit_commands = typer.Typer(help="Verify the log of the timelines.", no_args_is_help=True)
database_commands = typer.Typer(help="Upgrade the database.", no_args_is_help=True)
app.add_typer(audit_commands, name="audit")
app.add_typer(database_commands, name="db")


@app.command()
def export(
    number: Annotated[int, typer.Argument(help="The incident's number.", min=1)],
    to: Annotated[Path | None, typer.Option(help="The folder or the zip file to create.")] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Create a zip file instead of a folder.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Export it even if it is private.")] = False,
) -> None:
    """Export everything about an incident: JSON, CSV, the post-mortem, the picture of its timeline."""
    from bot.commands import export as exporting

    with errors_as_sentences():
        target = to or Path(f"incident-{number}.zip" if zipped else f"incident-{number}")
        written_to = exporting.export(settings_of.read(), number, target, zipped=zipped, is_private_meant=private)
    typer.echo(f"Incident {number} is in {written_to}.")


@app.command()
def purge(
    older_than: Annotated[str, typer.Option(help="The age from which text is removed, such as '730 days'.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove people's words from incidents closed long ago; figures stay. This cannot be undone."""
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
    release: Annotated[bool, typer.Option("--release", help="End the hold.")] = False,
) -> None:
    """Exempt an incident from the purge, or end that."""
    from bot.commands import purge as purging

    with errors_as_sentences():
        purging.hold(settings_of.read(), number, is_held=not release)
    typer.echo(f"Incident {number} is {'no longer ' if release else ''}kept from `watchfloor purge`.")


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="The zip file to create.")]) -> None:
    """Write everything that cannot be recreated into one file. The bot may be running."""
    from bot.commands import backup as backups

    with errors_as_sentences():
        backups.backup(settings_of.read(), to)
    typer.echo(f"The backup is {to}. It holds what people wrote: keep it where only you can read it.")


@app.command()
def restore(backup: Annotated[Path, typer.Argument(help="A file written by `watchfloor backup`.")]) -> None:
    """Restore a backup while no bot runs. The replaced files are kept."""
    from bot.commands import backup as backups

    with errors_as_sentences():
        for line in backups.restore(settings_of.read(), backup):
            typer.echo(line)


@audit_commands.command()
def verify() -> None:
    """Find timeline entries that were changed, added or removed other than by the bot."""
    from bot.runtime import migrations
    from bot.timeline import verification

    with (
        errors_as_sentences(),
        migrations.open_database(settings_of.read().database_url, migrations.check) as database,
        database.snapshot() as session,
    ):
        numbers = verification.incidents_with_a_timeline(session)
        findings = [finding for number in numbers for finding in verification.verify(session, number)]
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)
    typer.echo(f"{len(numbers)} timelines, every entry as it was written.")


@database_commands.command()
def upgrade() -> None:
    """Upgrade the database to the newest schema, as `watchfloor run` does."""
    from bot.runtime import migrations

    with errors_as_sentences(), migrations.open_database(settings_of.read().database_url):
        pass
    typer.echo("The database has the newest schema.")
