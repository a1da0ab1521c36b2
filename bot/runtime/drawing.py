"""Draws pictures in a separate process: its memory ends with it, and nobody waits for its libraries to load."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.errors import TryLater

TIMEOUT_S = 60


def draw(module: str, facts: dict[str, Any]) -> bytes:
    """The PNG that a module draws from these facts. Raises `TryLater` if it could not be drawn in time."""
    with drawing(module) as draw_png:
        return draw_png(facts)


@contextmanager
def drawing(module: str) -> Iterator[Callable[[dict[str, Any]], bytes]]:
    """The same in two steps: the process loads its libraries in this block, while the caller prepares the facts."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the module is named in the code
            [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as failure:
        raise _not_drawn(failure) from failure
    with process:
        try:
            yield lambda facts: _drawn(process, facts)
        finally:
            process.kill()


def _drawn(process: subprocess.Popen[bytes], facts: dict[str, Any]) -> bytes:
    try:
        png, _ = process.communicate(json.dumps(facts).encode("utf-8", "replace"), timeout=TIMEOUT_S)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
    except (subprocess.SubprocessError, OSError) as failure:
        raise _not_drawn(failure) from failure
    return png


def _not_drawn(failure: Exception) -> TryLater:
    return TryLater(f"a picture could not be drawn: {type(failure).__name__}")
