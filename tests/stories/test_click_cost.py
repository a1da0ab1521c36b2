"""What a click may cost the database, with a few incidents and with a thousand; and that rights are never stale."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.membership import keep_person
from bot.directory.rules import NotForGuests
from bot.playbooks import step_actions
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.playbook_desk import AT_WORK, Desk


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_whoever_becomes_a_guest_is_refused_at_the_next_click(floor: TestFloor) -> None:
    desk = Desk(floor, floor.declares("S2 IVR down"))
    call = desk.row("Call the carrier")["id"]
    step_actions.take(floor.services, call, "U0BEN", utcnow())

    keep_person(floor.services, {"user": {"id": "U0BEN", "name": "ben", "is_restricted": True}})

    with pytest.raises(NotForGuests):
        step_actions.complete(floor.services, call, "U0BEN", utcnow())
