"""Errors reported as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.errors import WatchfloorError


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Report errors in settings or files as sentences, without a traceback."""
    from bot.config.yaml_file import FileRefused

    try:
        yield
    except (WatchfloorError, FileRefused) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
