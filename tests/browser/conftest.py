"""A real browser in front of a sandbox in which Deskbot answers."""

import os
from collections.abc import Iterator
from pathlib import Path

import deskbot
import pytest
from desk import Desk, Profiles
from playwright.sync_api import Browser, sync_playwright

from bot.sandbox import Sandbox

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(
            "There is no Chromium to look at the page with: `apt-get install chromium`, "
            "or say where it is in the environment variable CHROMIUM."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house() -> Iterator[Sandbox]:
    """One sandbox with Deskbot connected, for all tests: connecting takes longer than a test."""
    house = Sandbox(manifest=deskbot.MANIFEST)
    house.start()
    handler = deskbot.connect(house)
    yield house
    handler.close()
    house.stop()


@pytest.fixture
def sandbox(house: Sandbox) -> Sandbox:
    """The sandbox as it is at the beginning."""
    house.quiet()
    house.clock_offset_s = 0
    house.reset()
    house.clear_calls()
    house.envelopes.clear()
    return house


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture
def desk(profiles: Profiles, sandbox: Sandbox) -> Iterator[Desk]:
    """Windows on the workspace; at the end none has complained or asked another machine."""
    desk = Desk(profiles, sandbox.url)
    yield desk
    desk.close()
    assert desk.complaints == []
    assert desk.foreign_requests == []
