"""The stories' floor: a small playbook, and the same story over both of Slack's transports where it is marked so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import TestFloor

PLAYBOOKS = Path(__file__).parent / "playbooks"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A workspace and a running bot of this test's own. Nothing malformed may have been sent by the end."""
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS) as floor:
        yield floor
        floor.nothing_was_malformed()


@pytest.fixture(scope="module")
def shared_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """A workspace and a running bot for stories that leave nothing behind which others would see."""
    with TestFloor(tmp_path_factory.mktemp("floor"), playbooks_dir=PLAYBOOKS) as floor:
        yield floor
        floor.nothing_was_malformed()
