"""Processes that are forked from one that has loaded and used everything.

A start costs a tenth of a second there, otherwise more than two seconds.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.crash.warm"])


def watchfloor(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path, errors: Path
) -> ForkServerProcess:
    """Run `watchfloor` with those words in a folder; its output goes to two files, or to one."""
    process = CONTEXT.Process(target=_run, args=(words, folder, dict(environment), output, errors), daemon=True)
    process.start()
    return process


def _run(words: Sequence[str], folder: Path, environment: dict[str, str], output: Path, errors: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, file in ((1, output), (2, errors)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.argv = ["watchfloor", *words]
    runpy.run_module("bot", run_name="__main__")
