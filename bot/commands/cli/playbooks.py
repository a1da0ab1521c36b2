"""`watchfloor playbooks`: checks and prints playbooks, and their schema for an editor."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.cli.errors import errors_as_sentences
from bot.config import settings as settings_of

app = typer.Typer(help="The playbooks of this floor.", no_args_is_help=True)


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; without any, the floor's.")] = None,
) -> None:
    """Check every playbook and name each mistake with its file and line."""
    from bot.config import floor
    from bot.playbooks import library

    with errors_as_sentences():
        settings = settings_of.read()
        floor_settings = floor.read(settings.floor_file)
        checked_paths = paths or [settings.playbooks_dir]
        results = [library.check_path(path, floor_settings) for path in checked_paths]
        notes = [note for path in checked_paths for note in library.notes_on(path, floor_settings)]
    problems = [problem for _, mistakes in results for problem in mistakes]
    for problem in problems:
        typer.echo(problem)
    for note in notes:
        typer.echo(f"· {note}")
    if problems:
        raise typer.Exit(1)
    number = sum(count for count, _ in results)
    typer.echo("1 playbook, nothing wrong." if number == 1 else f"{number} playbooks, nothing wrong.")


@app.command()
def show(name: str) -> None:
    """Print a playbook as people will see it."""
    from bot.playbooks import library
    from bot.playbooks.as_text import render_text

    with errors_as_sentences():
        playbooks_by_name = library.load_library(settings_of.read().playbooks_dir).playbooks
    if name not in playbooks_by_name:
        typer.echo(f"There is no playbook `{name}`. There are: {', '.join(sorted(playbooks_by_name))}.", err=True)
        raise typer.Exit(1)
    typer.echo(render_text(name, playbooks_by_name[name]), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a playbook, with which an editor completes and checks it."""
    from bot.playbooks.playbook import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
