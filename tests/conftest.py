"""How the tests are run: on how many workers, which of them on the same one, and in which folder."""

import os
from typing import Any

import pytest
from hypothesis import settings

from tests import forked
from tests.distribution import Distribution
from tests.shared_folder import SharedFolder

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
    """Create what all workers share: a folder and a fork server; load the fixtures where tests are run."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(SharedFolder().delete)
        if config.option.dist != "no":
            forked.start_server()
    if config.option.dist == "no":
        config.pluginmanager.import_plugin("tests.fixtures")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print once which tests were skipped, and why."""
    for reason in sorted({report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}):
        terminalreporter.write_line(reason)
