"""`watchfloor figures`, `cases`, `lockouts` and `sources`: imports data from other systems and tries sources."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer()
figure_commands = typer.Typer(help="Import interval figures of queues.", no_args_is_help=True)
case_commands = typer.Typer(help="Import cases, and try the detection of similar ones.", no_args_is_help=True)
lockout_commands = typer.Typer(help="Import locked accounts.", no_args_is_help=True)
source_commands = typer.Typer(help="Check the systems that are read.", no_args_is_help=True)
app.add_typer(figure_commands, name="figures")
app.add_typer(case_commands, name="cases")
app.add_typer(lockout_commands, name="lockouts")
app.add_typer(source_commands, name="sources")


@figure_commands.command("import")
def import_figures(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx, as the contact centre exports it.", exists=True)],
    queue: Annotated[str, typer.Option(help="The queue, if no column names it.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of times without one; else `figures: zone:`.")] = "",
    incident: Annotated[int | None, typer.Option(help="The incident that the figures belong to.", min=1)] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be imported.")] = False,
) -> None:
    """Import interval figures from a file. The bot may be running; importing a file twice changes nothing."""
    from bot.commands import figures

    with errors_as_sentences():
        typer.echo("\n".join(figures.run(settings_of.read(), file, queue, zone, incident, is_dry=preview)))


@case_commands.command("import")
def import_cases(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx with a row for each case or each change.", exists=True)],
    source: Annotated[
        str, typer.Option(help="The system they are from; it identifies a case together with its number.")
    ] = "",
    zone: Annotated[str, typer.Option(help="The zone of times without one; else `cases: zone:`.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be imported.")] = False,
) -> None:
    """Import cases from a file. The bot may be running; importing a file twice changes nothing."""
    from bot.commands import cases

    with errors_as_sentences():
        typer.echo("\n".join(cases.run(settings_of.read(), file, source, zone, is_dry=preview)))


@case_commands.command()
def bursts(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx of cases.", exists=True)],
    zone: Annotated[str, typer.Option(help="The zone of times without one; else `cases: zone:`.")] = "",
) -> None:
    """Print the groups of similar cases that a file would have caused, in order. Nothing is stored."""
    from bot.commands import cases

    with errors_as_sentences():
        typer.echo("\n".join(cases.bursts(settings_of.read(), file, zone)))


@lockout_commands.command("import")
def import_lockouts(
    file: Annotated[Path, typer.Argument(help="CSV or xlsx with a row for each locked account.", exists=True)],
    partner: Annotated[str, typer.Option(help="The partner, if no column names it.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of times without one; else `zone:`.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be imported.")] = False,
) -> None:
    """Import locked accounts from a file. The bot may be running; importing a file twice changes nothing."""
    from bot.commands import lockouts

    with errors_as_sentences():
        typer.echo("\n".join(lockouts.run(settings_of.read(), file, partner, zone, is_dry=preview)))


@source_commands.command("try")
def try_source(name: str) -> None:
    """Read a page of a source and print five rows. Nothing is stored."""
    from bot.commands import sources

    with errors_as_sentences():
        for line in sources.try_source(settings_of.read(), name):
            typer.echo(line)


@source_commands.command("list")
def list_sources() -> None:
    """List the sources, how many rows were read, and how old they are."""
    from bot.commands import sources

    with errors_as_sentences():
        for line in sources.list_sources(settings_of.read()):
            typer.echo(line)
