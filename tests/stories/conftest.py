"""The stories' floor: a small playbook; stories marked `both_ways` run over both of Slack's transports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import TestFloor

PLAYBOOKS = Path(__file__).parent / "playbooks"
SOCKET_MODE, HTTP = "Socket Mode", "HTTP"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "both_ways: the story is told over Socket Mode and over HTTP")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a story once for each transport that it is marked for."""
    if "transport" in metafunc.fixturenames:
        is_core = metafunc.definition.get_closest_marker("both_ways") is not None
        metafunc.parametrize("transport", [SOCKET_MODE, HTTP] if is_core else [SOCKET_MODE])


@pytest.fixture
def floor(tmp_path: Path, transport: str) -> Iterator[TestFloor]:
    """A workspace and a running bot for one test. At the end nothing malformed may have been sent."""
    with TestFloor(tmp_path, over_http=transport == HTTP, playbooks_dir=PLAYBOOKS) as floor:
        yield floor
        floor.nothing_was_malformed()


@pytest.fixture(scope="module")
def shared_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """A shared workspace and running bot for stories that leave nothing behind for other stories to see."""
    with TestFloor(tmp_path_factory.mktemp("floor"), playbooks_dir=PLAYBOOKS) as floor:
        yield floor
        floor.nothing_was_malformed()
