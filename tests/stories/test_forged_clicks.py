"""A forbidden click reveals nothing about its target: neither its state nor that it exists."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from bot.cases import ids as case_ids
from bot.escalation import ids as page_ids
from bot.followups import ids as followup_ids
from bot.frontdoor import ids as frontdoor_ids
from bot.handovers import ids as handover_ids
from bot.incidents import ids
from bot.ledger import ids as ledger_ids
from bot.partners import ids as partner_ids
from bot.playbooks import ids as step_ids
from bot.postmortems import ids as postmortem_ids
from bot.shifts import ids as shift_ids
from bot.timeline import ids as timeline_ids
from bot.updates import ids as update_ids
from tests.floor import TestFloor
from tests.stories.playbook_driver import AT_WORK, PlaybookDriver
from tests.stories.record import rows, untouched
from tests.stories.test_private import SECRET, private_incident
from tests.tap import post, signed

MISSING = 987_654
INCIDENT, STEP, RUN, PROMISE = "incidents", "playbook_steps", "playbook_runs", "promises"
POST_MORTEM, FOLLOW_UP, NOTICE = "postmortems", "follow_ups", "partner_notices"
MESSAGE, HANDOVER = "caller_messages", "handovers"
# Each button, the table whose number begins its value, and the rest of the value.
BUTTONS = [
    *((button, INCIDENT, "") for button in (ids.CHANGE_SEVERITY, ids.CHANGE_STATUS, ids.SITUATION)),
    *((button, INCIDENT, "") for button in (ids.ASSIGN_ROLE, ids.RESOLVE, ids.CLOSE, ids.REOPEN, ids.PANEL)),
    *((button, INCIDENT, "") for button in (ids.CHANGE_SCOPE, ids.DECLINE)),
    *((button, INCIDENT, "") for button in (ids.SUBSCRIBE, ids.UNSUBSCRIBE, ids.ADD_FOLLOW_UP)),
    *((button, INCIDENT, "") for button in (ids.COMPOSE_UPDATE, page_ids.ON_MY_WAY, page_ids.CANNOT)),
    *((button, INCIDENT, "") for button in (timeline_ids.NOTE, timeline_ids.MILESTONES, timeline_ids.PICTURE)),
    *((button, INCIDENT, "") for button in (frontdoor_ids.ADD, ledger_ids.ADD, ledger_ids.RESULTS)),
    *((button, INCIDENT, "") for button in (ledger_ids.CLOSE, ledger_ids.REOPEN, ledger_ids.WORKBOOK)),
    (ledger_ids.RELEASE, INCIDENT, ":EUR:consumers"),
    *((button, MESSAGE, "") for button in (frontdoor_ids.HEARD, frontdoor_ids.CHANGE)),
    *((button, MESSAGE, "") for button in (frontdoor_ids.STILL_NEEDED, frontdoor_ids.SWITCH_OFF)),
    (f"{ids.CLAIM}.commander", INCIDENT, ":commander"),
    (step_ids.START, INCIDENT, ":outage"),
    (step_ids.SWITCH, INCIDENT, ":outage"),
    (timeline_ids.AMEND, INCIDENT, ":1"),
    *((button, STEP, "") for button in (step_ids.STEP_DONE, step_ids.STEP_ANSWER, step_ids.STEP_SKIP)),
    *((button, STEP, "") for button in (step_ids.STEP_TAKE, step_ids.STEP_ASSIGN, step_ids.STEP_UNDO)),
    (step_ids.STEP_SNOOZE_10, STEP, ""),
    (step_ids.SHOW_ALL, RUN, ""),
    *((button, PROMISE, "") for button in (update_ids.SEND_NOW, update_ids.EDIT, update_ids.NOTHING_NEW)),
    *((button, PROMISE, "") for button in (update_ids.LATER, update_ids.APPROVE)),
    *(
        (button, POST_MORTEM, "")
        for button in (postmortem_ids.ASSIGN, postmortem_ids.REVIEW, postmortem_ids.PUBLISH)
    ),
    *((button, POST_MORTEM, "") for button in (postmortem_ids.FINE, postmortem_ids.CHANGES)),
    *((button, FOLLOW_UP, "") for button in (followup_ids.DONE, followup_ids.LATER, followup_ids.NOT_MINE)),
    *((button, FOLLOW_UP, "") for button in (followup_ids.TAKE, followup_ids.CHANGE, followup_ids.REOPEN)),
    *((button, NOTICE, "") for button in (partner_ids.RECEIVED, partner_ids.AFFECTED)),
    *((f"{button}.1", NOTICE, "") for button in (partner_ids.TELL, partner_ids.PHONED)),
]
# Buttons of a direct message; a handover of command is no item of a shift.
OF_HANDOVERS = [
    *(handover_ids.ACCEPT, handover_ids.SEND_BACK, handover_ids.READ, handover_ids.WITHDRAW),
    *(handover_ids.SEND_ITEM_BACK, handover_ids.ANSWER_ITEM),
]


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestFloor]:
    """A floor over HTTP, where anyone who knows the signing secret can forge a request."""
    folder = tmp_path_factory.mktemp("forged")
    settings = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
    settings["permissions"] |= {
        name: ["commander", "@incident-analysts"]
        for name in ("lead", "steps", "close", "followups", "postmortem", "ledger")
    }
    floor_file = folder / "floor.yaml"
    floor_file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    with TestFloor(folder, over_http=True, playbooks_dir=AT_WORK, floor_file=floor_file) as floor:
        yield floor


def forge_click(floor: TestFloor, who: str, action_id: str, value: str) -> str:
    """Send a click that no button offered; return the answers to the person."""
    person = floor.sandbox.person(who)
    count_before = len(person.direct_messages())
    click = {
        "type": "block_actions",
        "user": {"id": person.user.id},
        "trigger_id": f"1.{action_id}.{value}",
        "channel": {"id": floor.sandbox.workspace.channel("general").id},
        "message": {"ts": "1700000000.000100", "text": "", "blocks": []},
        "actions": [{"action_id": action_id, "block_id": "b", "value": value, "type": "button"}],
    }
    body = urlencode({"payload": json.dumps(click)})
    assert post(floor.address, signed(floor.sandbox.signing_secret, body))[0] == 200
    floor.settle()
    return "\n".join(message.visible_text for message in person.direct_messages()[count_before:])


def test_private_and_nonexistent_items_get_the_same_answer(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, private_incident(floor))
    floor.says("ana", "/incident claim", driver.channel)
    driver.does("ana", "Call the carrier", "Switch the message on")
    floor.says("ana", "/incident partners add Northline", driver.channel)
    floor.says("ana", "/incident updates add executives", driver.channel)
    floor.says("ana", "/incident followup prevent: buy a second trunk", driver.channel)
    floor.says("ana", "/incident postmortem", driver.channel)
    floor.says("ana", "/incident handover <@U0CHLOE|chloe>", driver.channel)
    assert floor.ana.submits().closed
    # Ben was asked to come, and was there.
    floor.says("ana", "/incident page <@U0BEN|ben> please come", driver.channel)
    floor.ana.invites(driver.channel, "ben")
    floor.settle()
    floor.ben.leaves(driver.channel)
    # The executives, just added, get their first update.
    floor.passes(minutes=1)

    with untouched(floor, answered="ben"):
        for action_id, table, rest in BUTTONS:
            numbers = [row["id"] for row in rows(floor, table)]
            assert numbers, table
            answer = forge_click(floor, "ben", action_id, f"{numbers[0]}{rest}")
            assert answer == forge_click(floor, "ben", action_id, f"{MISSING}{rest}"), action_id
            assert SECRET not in answer
        [handover] = rows(floor, HANDOVER)
        for action_id in OF_HANDOVERS:
            answer = forge_click(floor, "ben", action_id, str(handover["id"]))
            assert "CHLOE" not in answer, action_id
            assert "There is no such incident" in answer or "no longer exists" in answer, (action_id, answer)


def test_a_person_without_the_permission_is_told_only_that(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S1 IVR down", who="ana"))
    floor.says("ana", "/incident claim", driver.channel)
    driver.does("ana", "Call the carrier", "Switch the message on")
    floor.says("ana", "/incident partners add Northline", driver.channel)
    floor.says("ana", "/incident followup prevent: buy a second trunk", driver.channel)
    floor.says("ana", "/incident postmortem", driver.channel)
    floor.settle()
    of_anyone = (page_ids.ON_MY_WAY, page_ids.CANNOT, ids.SUBSCRIBE, ids.UNSUBSCRIBE, ids.PANEL, step_ids.SHOW_ALL)
    of_reviewers = (postmortem_ids.FINE, partner_ids.RECEIVED, partner_ids.AFFECTED)
    of_writers = (timeline_ids.NOTE, timeline_ids.PICTURE, timeline_ids.AMEND)

    for action_id, table, rest in BUTTONS:
        of_incident = [
            row["id"] for row in rows(floor, table) if row.get("incident_id", row["id"]) == driver.number
        ]
        assert of_incident, table
        if action_id in (*of_anyone, *of_reviewers, *of_writers):
            continue
        answer = forge_click(floor, "ben", action_id, f"{of_incident[0]}{rest}")
        assert answer.startswith("Only commander, @incident-analysts may"), (action_id, answer)


def test_guests_get_no_form_that_would_only_be_refused(floor: TestFloor) -> None:
    for action_id in (shift_ids.ABSENCE, shift_ids.TAKE_PART, shift_ids.ASK, shift_ids.SEND_PEOPLE):
        answer = forge_click(floor, "gus", action_id, "1")
        assert answer.startswith("Guests and people of other companies cannot do that"), (action_id, answer)
    for action_id, value in ((case_ids.MOVE, "not ours"), (case_ids.MORE, "1"), (case_ids.MORE, "case.note:ours")):
        answer = forge_click(floor, "ben", action_id, value)
        assert answer == "This form is out of date. Please close it and open it again.", (action_id, value)


@pytest.mark.parametrize("value", ["1", "1:pilot"])
def test_a_click_for_a_role_that_does_not_exist_is_refused(floor: TestFloor, value: str) -> None:
    answer = forge_click(floor, "ben", ids.CLAIM, value)

    assert answer == "This form is out of date. Please close it and open it again."
