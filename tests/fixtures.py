"""A floor to test on: a sandbox workspace with its people, a bot of its own, and a clock that can be moved.

Loaded by the processes that run tests, not by the one that only distributes them.
"""

import atexit
import fcntl
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests import bytecode, disk, garbage, parsed_files, shared_folder, statements
from tests.floor import TestFloor

assert bytecode
assert disk
assert parsed_files
assert statements

pytest_plugins = ["tests.postgres"]


def pytest_configure(config: pytest.Config) -> None:
    """Have a worker end at once when all is done: taking apart all that it has loaded would take seconds."""
    if hasattr(config, "workerinput"):
        atexit.register(os._exit, 0)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let one worker collect before the others: they load what it compiles, which takes long after a checkout."""
    garbage.wait_until_all_is_loaded()
    with (Path(os.environ[shared_folder.VARIABLE]) / "collecting").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)
        return (yield)


def pytest_collection_finish() -> None:
    """Tune the garbage collector once every module is loaded."""
    garbage.leave_alone_what_is_loaded()


def pytest_sessionfinish() -> None:
    """Spare pytest, which collects garbage five times at the end, going through all that is still in use."""
    garbage.leave_alone_what_is_loaded()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A workspace and a running bot, on SQLite over Socket Mode; in the end, nothing malformed was sent."""
    with TestFloor(tmp_path) as floor:
        yield floor
        floor.nothing_was_malformed()
