"""A floor to test on: a sandbox workspace with its people, a bot of its own, and a clock that can be moved."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from tests import bytecode, disk, garbage, parsed_files, prepared, recovery, statements
from tests.distribution import Distribution
from tests.floor import TestFloor

assert bytecode
assert disk
assert parsed_files
assert recovery
assert statements

pytest_plugins = ["tests.postgres"]

# Fewer examples of a property than `make soak` tries, and no deadline: the machine may be busy.
settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("quick")


def pytest_xdist_auto_num_workers() -> int:
    """Return two workers per core and one more: a test spends half of its time waiting for the sandbox or a bot."""
    return 2 * (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Distribution:
    """Give tests that share something to one worker."""
    return Distribution(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Create a folder that all workers of a run share."""
    if not hasattr(config, "workerinput"):
        folder = TemporaryDirectory(prefix="watchfloor-tests-")
        os.environ[prepared.SHARED] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_collection_finish() -> None:
    """Tune the garbage collector once every module is loaded."""
    garbage.leave_alone_what_is_loaded()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A workspace and a running bot, on SQLite over Socket Mode; in the end, nothing malformed was sent."""
    with TestFloor(tmp_path) as floor:
        yield floor
        floor.nothing_was_malformed()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print once which tests were skipped, and why."""
    for reason in sorted({report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}):
        terminalreporter.write_line(reason)
