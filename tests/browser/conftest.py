"""A real browser in front of a sandbox in which Deskbot answers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from slack_sandbox import Sandbox
from tests.browser import deskbot
from tests.browser.windows import Profiles, Windows

# The shell has no windows of its own to draw: the tests of the page take a third of the processor time with it.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Return the path of the browser: the one in CHROMIUM, or one on the path."""
    configured = os.environ.get("CHROMIUM")
    return shutil.which(configured) if configured else next(filter(None, map(shutil.which, NAMES)), None)


# Only for this folder: its driver keeps an event loop running, which other tests must not find in their thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        is_missing = pytest.fail if os.environ.get("CI") else pytest.skip
        is_missing("Install Chromium (`apt-get install chromium-headless-shell`) or name one in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file for the time of the sandbox and of an app that lives in its time."""
    return tmp_path_factory.mktemp("house") / "clock"


@pytest.fixture(scope="package")
def house(clock_file: Path) -> Iterator[Sandbox]:
    """One sandbox with Deskbot connected, for all tests: connecting takes longer than a test."""
    house = Sandbox(manifest=deskbot.MANIFEST, clock_file=clock_file)
    house.start()
    handler = deskbot.connect(house)
    yield house
    handler.close()
    house.stop()


@pytest.fixture
def sandbox(house: Sandbox) -> Sandbox:
    """The sandbox in its initial state."""
    house.quiet()
    house.clock_offset_s = 0
    house.reset()
    house.clear_calls()
    house.envelopes.clear()
    return house


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture
def windows(profiles: Profiles, sandbox: Sandbox) -> Iterator[Windows]:
    """Windows on the workspace; in the end none has complained or called another machine."""
    windows = Windows(profiles, sandbox.url)
    yield windows
    windows.close()
    assert windows.complaints == []
    assert windows.foreign_requests == []
