"""A person's open steps in all incidents: `/incident steps` and the home tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playbooks import ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    with TestFloor(tmp_path, playbooks_dir=AT_WORK) as floor:
        yield floor
        floor.nothing_was_malformed()


def test_my_steps_are_those_assigned_to_me_and_those_of_my_roles_in_every_incident(floor: TestFloor) -> None:
    first = PlaybookDriver(floor, floor.declares("S2 IVR down"))
    second = PlaybookDriver(floor, floor.declares("S2 chat widget slow"))
    assert floor.says("ben", "/incident steps") == "You have no open steps."
    first.presses("ben", ids.STEP_TAKE, "Call the carrier")
    floor.says("ana", "/incident assign scribe <@U0BEN>", second.channel)

    answer = floor.ben.types("/incident steps", channel="general")
    assert "You have 2 open steps" in str(answer)
    assert "Call the carrier" in str(answer)
    assert "Ask for the report" in str(answer)

    floor.ben.clicks(ids.STEP_DONE, channel="general", value=str(first.row("Call the carrier")["id"]))
    floor.settle()
    assert "✅ Call the carrier" in first.visible_text
    assert floor.ephemeral("ben")[-1].startswith("*You have 1 open step*"), "the list shows what is left"

    floor.ben.opens_home()
    floor.settle()
    assert "Ask for the report" in str(floor.ben.home)
    assert "lists every command" in str(floor.ben.home["blocks"][-1]), "what is to be done comes first"
    second.presses("ben", ids.STEP_DONE, "Ask for the report", surface="home")
    assert "You have no open steps." in str(floor.ben.home)

    second.presses("ben", ids.STEP_TAKE, "Find out how far it reaches")
    floor.ben.opens_home()
    floor.settle()
    second.answers(
        "ben", "Find out how far it reaches", {"queues_hit": "One queue", "agents_out": "1"}, surface="home"
    )
    assert "You have no open steps." in str(floor.ben.home), "a form from the home tab leads back to it"
