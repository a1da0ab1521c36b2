"""Each shipped playbook in an incident: found by a title as people type it, and no obstacle at the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.playbooks import ids
from bot.playbooks.library import load_library
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows

SHIPPED = Path("playbooks")
TITLES = {
    "telephony-down": "S1 phones are dead in Manila",
    "crm-down": "S2 the CRM does not open",
    "sign-on-lockouts": "S2 agents locked out at Northline",
    "routing-error": "S2 callers land in the wrong queue",
    "wfm-down": "S3 schedules are gone",
    "site-lost": "S0 typhoon, Cebu is evacuated",
    "payment-failure": "S1 checkout declines every card",
    "third-party-outage": "S2 the vendor of our chat is down",
    "wrong-charges": "S2 customers were overcharged last night",
    "data-exposure": "S1 data leak at a partner",
    "generic": "S3 something smells burnt",
}


@pytest.fixture(scope="module")
def shipped_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    with TestFloor(tmp_path_factory.mktemp("floor"), playbooks_dir=SHIPPED) as floor:
        yield floor
        floor.nothing_was_malformed()


def answer_of(block: dict[str, Any]) -> Any:
    """A valid answer to a field of a form."""
    element = block["element"]
    if element["type"] == "static_select":
        return element["options"][0]["text"]["text"]
    if element["type"] == "datetimepicker":
        return int(utcnow().timestamp())
    return {"users_select": "ben"}.get(element["type"], "60")


def finish(driver: PlaybookDriver, title: str) -> None:
    """Let Ana complete a step with valid answers; its message is sent unchanged."""
    if not driver.row(title)["asks"]:
        driver.does("ana", title)
        return
    driver.presses("ana", ids.STEP_ANSWER, title)
    fields = [block for block in driver.floor.ana.modal["blocks"] if block["type"] == "input"]
    answers = {block["block_id"]: answer_of(block) for block in fields if block["block_id"] != ids.MESSAGE}
    assert driver.submits("ana", answers).closed


def test_every_shipped_playbook_has_a_story() -> None:
    assert set(load_library(SHIPPED).playbooks) == set(TITLES)


@pytest.mark.parametrize("name", TITLES)
def test_a_shipped_playbook_starts_by_its_title_and_blocks_resolving_before_proof(
    shipped_floor: TestFloor, name: str
) -> None:
    floor = shipped_floor
    driver = PlaybookDriver(floor, floor.declares(TITLES[name]))
    (run,) = [row for row in rows(floor, "playbook_runs") if row["incident_id"] == driver.number]
    assert run["playbook"] == name
    book = load_library(SHIPPED).playbooks[name]
    for title in [step.title for step in book.phases[0].steps if driver.wants(step.title)][:2]:
        finish(driver, title)

    floor.says("ana", "/incident resolve it works again", driver.channel)
    form = str(floor.ana.modal)
    needed = [step.title for step in book.steps.values() if step.required == "before resolve"]
    wanted_titles = [title for title in needed if driver.wants(title)]
    assert wanted_titles
    assert all(title.replace("&", "&amp;") in form for title in wanted_titles)
    floor.ana.clicks(ids.SHOW_ALL, channel=driver.channel)
    assert "Stand down when" in str(floor.ana.modal)

    for title in needed:
        if driver.wants(title) and driver.row(title)["state"] == "open":
            finish(driver, title)
    assert "Resolved" in floor.says("ana", "/incident resolve it works again", driver.channel)


def test_an_update_does_not_repeat_what_a_step_has_already_told(tmp_path: Path) -> None:
    with TestFloor(tmp_path, playbooks_dir=SHIPPED) as floor:
        driver = PlaybookDriver(floor, floor.declares("S1 phones are dead in Manila"))
        floor.passes(minutes=5)
        finish(driver, "Send the first update")
        finish(driver, "Rule out our own doing")
        floor.passes(minutes=25)
        floor.says("ana", "/incident status mitigated rerouted", driver.channel)
        floor.passes(minutes=30)

        update_texts = [
            message.visible_text for message in floor.ana.sees(driver.channel) if " min in" in message.visible_text
        ]
        of_step, first, second = update_texts
        assert "Send the first update" in of_step
        assert "What callers get: not known yet. Reach: " in of_step
        assert "Rule out our own doing" in first
        assert "now mitigated: rerouted" in second
        assert "Rule out our own doing" not in second
        assert "Send the first update" not in first + second
        floor.nothing_was_malformed()
