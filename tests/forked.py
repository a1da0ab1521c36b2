"""Processes that are forked from one that has loaded and used everything.

A start costs a tenth of a second there, otherwise more than two seconds. A run has one such fork server, since
preparing one takes longer than most tests: the process that distributes the tests starts it for all its workers.
"""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.crash.warm"])
# Tells the workers of a run where its fork server listens.
VARIABLE = "TESTS_FORK_SERVER"


def start_server() -> None:
    """Start the fork server of this run. It ends with the process that starts it.

    What its processes print would come between the results of the tests: it is seen without workers (`-n 0`) only.
    """
    with _printing_nothing():
        forkserver.ensure_running()
    os.environ[VARIABLE] = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]  # has no public name


@contextmanager
def _printing_nothing() -> Iterator[None]:
    """Give the processes that are started meanwhile no output."""
    outputs = {number: os.dup(number) for number in (1, 2)}
    with Path(os.devnull).open("w") as nowhere:
        for number in outputs:
            os.dup2(nowhere.fileno(), number)
    yield
    for number, output in outputs.items():
        os.dup2(output, number)
        os.close(output)


def _use_server_of_run(address: str) -> None:
    server: Any = forkserver._forkserver
    server._forkserver_address = address
    # What keeps the server alive is passed on to every forked process; here the server's starter alone has it.
    server._forkserver_alive_fd = os.open(os.devnull, os.O_RDONLY)
    server.ensure_running = resource_tracker.ensure_running


if VARIABLE in os.environ:
    _use_server_of_run(os.environ[VARIABLE])


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
