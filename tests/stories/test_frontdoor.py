"""Front-door messages: who approved and who heard them, never forgotten; routing faults and their answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.frontdoor import ids
from bot.incidents import ids as incident_ids
from bot.outbox import kinds
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import post_mortems, rows, timeline

PLAYBOOK = """
title: Lines down
summary: For tests.
applies:
  types: [telephony]
phases:
  - id: first
    title: First ten minutes
    steps:
      - id: message-on
        title: Switch the message on
        asks: [{id: heard_on_at, question: When did you hear it?, kind: time}]
        sets: {front_door: inform}
      - id: message-off
        title: Switch the message off
        sets: {front_door: normal}
"""
ENGLISH = "We know that calls drop. <!here> Please use the web form."
TEXT = {"en": f"{ids.TEXT}.en", "es": f"{ids.TEXT}.es"}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[TestFloor]:
    """A floor with a team that routes calls."""
    settings = yaml.safe_load(Path("floor.yaml").read_text(encoding="utf-8"))
    settings["front_door"] |= {"routing_team": "@telephony-oncall"}
    floor_file = tmp_path / "floor.yaml"
    floor_file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    playbooks = tmp_path / "playbooks"
    playbooks.mkdir()
    (playbooks / "lines.yaml").write_text(PLAYBOOK, encoding="utf-8")
    with TestFloor(tmp_path, floor_file=floor_file, playbooks_dir=playbooks) as floor:
        yield floor
        floor.nothing_was_malformed()


def press(floor: TestFloor, who: str, action: str, channel: str | None = None) -> None:
    floor.sandbox.person(who).clicks(action, channel=channel)
    floor.settle()


def submit(floor: TestFloor, who: str, fields: dict[str, Any]) -> Any:
    person = floor.sandbox.person(who)
    for name, value in fields.items():
        person.fills(name, value)
    submission = person.submits()
    floor.settle()
    return submission


def card(floor: TestFloor, channel: str) -> str:
    # The draft of an update begins with the same sign; whether there is one depends on the minute.
    [message] = [m for m in floor.ana.sees(channel) if m.metadata and is_card(m.metadata["event_payload"]["key"])]
    return message.visible_text


def is_card(key: str) -> bool:
    return kinds.FRONT_DOOR in key


def test_a_front_door_message_is_recorded_heard_changed_asked_about_and_off_before_resolution(
    floor: TestFloor,
) -> None:
    channel = floor.declares("S1 IVR down in Manila")
    floor.says("ana", "/incident claim commander", channel)
    assert floor.says("ana", "/incident frontdoor", channel).startswith("No caller message")
    floor.says("ana", "/incident frontdoor add", channel)
    late_s = int(utcnow().timestamp()) + 3600
    fields = {TEXT["en"]: ENGLISH, TEXT["es"]: "Sabemos que se cortan", ids.LINES: "Billing; Orders"}
    refusal = submit(floor, "ana", fields | {ids.APPROVED_BY: "chloe", ids.ON_AT: late_s})
    assert "cannot have been switched on in the future" in refusal.errors[ids.ON_AT]
    refusal = submit(floor, "ana", {TEXT["en"]: "", TEXT["es"]: ""})
    assert "Type what callers hear" in refusal.errors[TEXT["en"]]
    floor.sandbox.deliver_twice("interactive")
    assert submit(floor, "ana", fields | {ids.ON_AT: late_s - 3660}).closed
    assert len(rows(floor, "caller_messages")) == len(timeline(floor, "front_door_on")) == 1

    card_text = card(floor, channel)
    for expected in (
        "Billing, Orders",
        "Please use the web form",
        "Sabemos",
        "approved by <@U0CHLOE>",
        "nobody has dialled",
    ):
        assert expected in card_text
    assert "<!here>" not in floor.live_markup(channel)
    assert "📞 Callers hear a message (inform) · nobody has dialled in yet · check again" in floor.card(channel)
    assert floor.says("ana", "/incident frontdoor", channel) == "What callers hear because of incident 1"
    press(floor, "ben", ids.HEARD, channel)
    assert "heard by <@U0BEN>" in card(floor, channel)
    assert "📞 Callers hear a message (inform) · heard by <@U0BEN>" in floor.card(channel)
    press(floor, "ana", ids.CHANGE, channel)
    assert submit(floor, "ana", {TEXT["en"]: "Please use the web form."}).closed
    assert "version 2" in card(floor, channel)
    assert "nobody has dialled in" in card(floor, channel), "the wording that was heard is another one"
    floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0CHLOE"])
    press(floor, "ana", ids.CHANGE, channel)
    assert submit(floor, "ana", {ids.ON_AT: late_s - 3720}).closed, "the approver has left, the approval stays"
    assert "version 2" in card(floor, channel)
    floor.says("ana", "/incident frontdoor add", channel)
    refusal = submit(floor, "ana", {TEXT["en"]: "x", ids.LINES: "Orders", ids.APPROVED_BY: "chloe"})
    assert set(refusal.errors) == {ids.APPROVED_BY}
    assert "Choose somebody else" in refusal.errors[ids.APPROVED_BY]

    floor.says("ana", "/incident resolve over", channel)
    assert "Callers still hear a message on Billing, Orders" in str(floor.ana.modal)
    assert "resolved" not in floor.card(channel)

    floor.passes(minutes=21)
    for place in ("front-line", "partners"):
        assert "What callers hear:* “Please use the web form.”" in floor.live_markup(place)
    floor.says("ana", "/incident catchup", channel)
    assert "📞 Callers hear a message (inform) · nobody has dialled in yet" in floor.ephemeral("ana", channel)[-1]
    floor.passes(minutes=10)
    question = floor.ana.direct_messages()[-1].visible_text
    assert "Is it still needed?" in question
    assert "Billing, Orders" in question
    floor.stop_bot()
    floor.passes(minutes=11)
    floor.start_bot()
    floor.tick()
    assert "nobody said whether it is still needed" in floor.visible_text(channel)
    assert any(row["occasion"].startswith("frontdoor:") for row in rows(floor, "pages"))
    assert "📟 Nobody says whether a caller message is still needed: <@U0ANA>, <@U0DEVI>" in floor.visible_text(
        channel
    )
    assert "*Escalation*" not in floor.visible_text(channel), "no ladder is at work, and a commander is named"
    assert "⏰ check overdue since <!date" in floor.card(channel)
    floor.says("ana", "/incident handover <@U0BEN>", channel)
    assert "a message on Billing, Orders (inform, then queue) since <!date" in str(floor.ana.modal)
    assert "⏰ check overdue since" in str(floor.ana.modal)
    floor.ana.closes()
    press(floor, "ana", ids.STILL_NEEDED, channel)
    count_before = len(timeline(floor, "front_door_reminded"))
    floor.passes(minutes=29)
    assert len(timeline(floor, "front_door_reminded")) == count_before
    floor.passes(minutes=2)
    assert len(timeline(floor, "front_door_reminded")) == count_before + 1

    press(floor, "ana", ids.SWITCH_OFF, channel)
    assert "Callers hear" not in floor.card(channel)
    press(floor, "ben", ids.HEARD_GONE, channel)
    assert "it is gone" in card(floor, channel)
    assert floor.says("ana", "/incident frontdoor", channel).startswith("Callers hear no message of incident 1 now")
    assert "on *Billing, Orders*: off since <!date" in floor.ephemeral("ana", channel)[-1]
    assert "dialled in <!date" in floor.ephemeral("ana", channel)[-1]
    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident close done", channel)
    assert "resolved" in floor.visible_text(channel)
    floor.passes(hours=3)
    assert len(timeline(floor, "front_door_reminded")) == count_before + 1
    [draft] = post_mortems(floor, "ana")
    assert "Callers heard" in draft
    assert "Billing, Orders" in draft


def test_playbook_steps_switch_the_message_and_a_waived_one_is_asked_about_after_the_end(floor: TestFloor) -> None:
    driver = PlaybookDriver(floor, floor.declares("S0 all phone lines are dead"))
    now = int(utcnow().timestamp())
    driver.answers("ana", "Switch the message on", {"heard_on_at": now})

    card_text = card(floor, driver.channel)
    assert "The wording is not recorded yet" in card_text
    assert "heard by <@U0ANA>" in card_text
    press(floor, "ana", ids.CHANGE, driver.channel)
    fields = {TEXT["en"]: "Lines are down.", ids.LINES: "All lines", ids.APPROVED_BY: "ana", ids.HEARD_NOW: "yes"}
    assert submit(floor, "ana", fields).closed
    assert len(rows(floor, "caller_messages")) == 1, "the step and the form record one message"

    floor.says("ana", "/incident", driver.channel)
    press(floor, "ana", incident_ids.RESOLVE, driver.channel)
    assert "Callers still hear a message on All lines" in str(floor.ana.modal)
    assert submit(
        floor, "ana", {incident_ids.REASON: "calls arrive", incident_ids.WAIVER: "The carrier takes it off at noon"}
    ).closed
    assert timeline(floor, "front_door_waived")
    floor.passes(minutes=31)
    assert timeline(floor, "front_door_reminded")

    target = floor.declares("S2 Orders go to the wrong skill in Cebu")
    floor.says("ana", "/incident reopen it goes on", driver.channel)
    assert "is merged into incident 2" in floor.says("ana", "/incident merge 2", driver.channel)
    assert "goes on in incident 2" in card(floor, driver.channel)
    assert "All lines" in card(floor, target)
    press(floor, "ana", ids.SWITCH_OFF, target)
    assert "off since" in card(floor, target)


def test_a_routing_fault_is_asked_escalated_and_answered(floor: TestFloor) -> None:
    channel = floor.declares("S1 Spanish callers reach English agents")
    floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0BEN"])
    floor.says("ana", "/incident routing Spanish goes to English", channel)
    assert set(submit(floor, "ana", {ids.WRONG: "x", ids.OWNER: "ben"}).errors) == {ids.OWNER}
    floor.says("ana", "/incident routing Spanish goes to English", channel)
    assert "Spanish goes to English" in str(floor.ana.modal), "what was typed stands in the form"
    floor.sandbox.deliver_twice("interactive")
    assert submit(floor, "ana", {ids.WRONG: "Spanish goes to <!here> English", ids.EXAMPLES: "c-1, 09:02"}).closed
    assert len(rows(floor, "routing_faults")) == 1
    assert "U0CHLOE" in floor.sandbox.workspace.channel(channel).members, "the team is brought in"
    assert "Looked at by nobody yet" in floor.visible_text(channel)
    assert "<!here>" not in floor.live_markup(channel)

    floor.passes(minutes=31)
    assert "has answered the routing fault" in floor.visible_text(channel)
    # Whether that is the first tier, two people, or the second depends on what comes first in the same moment.
    assert {row["reason"] for row in rows(floor, "pages") if row["occasion"] == "routing:1:1"} == {
        "a routing fault has not been answered for 31 min: Spanish goes to <!here> English"
    }
    floor.passes(minutes=31)
    assert {row["reason"] for row in rows(floor, "pages") if row["occasion"] == "routing:1:2"} == {
        "a routing fault has not been answered for 1 h 02 min (asked again): Spanish goes to <!here> English"
    }
    press(floor, "chloe", ids.TAKE, channel)
    press(floor, "chloe", ids.ANSWER, channel)
    assert submit(floor, "chloe", {ids.REPLY: "A skill was lost in the last change"}).closed
    assert "A skill was lost" in floor.visible_text(channel)
    assert "answered your routing fault" in floor.ana.direct_messages()[-1].visible_text
    floor.passes(hours=2)
    assert len(timeline(floor, "routing_overdue")) == 2

    floor.says("ana", "/incident routing", channel)
    assert submit(floor, "ana", {ids.WRONG: "Orders reach Billing"}).closed
    target = floor.declares("S2 Orders wait for long in Cebu")
    assert "is merged into incident 2" in floor.says("ana", "/incident merge 2", channel)
    assert "The routing fault “Orders reach Billing” goes on in incident 2" in floor.visible_text(channel)
    assert "Orders reach Billing" in floor.visible_text(target)
    assert "U0CHLOE" in floor.sandbox.workspace.channel(target).members, "the team comes along"
    assert [row["incident_id"] for row in timeline(floor, "routing_moved")] == [2]
    floor.passes(minutes=31)
    assert "answered the routing fault “Orders reach Billing”" in floor.visible_text(target)
    floor.says("ana", "/incident resolve over", target)
    floor.says("ana", "/incident close done", target)
    assert "Ended with the incident" in floor.visible_text(target)
    assert [row["incident_id"] for row in timeline(floor, "routing_ended")] == [2]
    assert "is closed" in floor.says("ana", "/incident frontdoor add", target), "refused before anything is typed"
    count_before = len(timeline(floor, "routing_overdue"))
    floor.passes(hours=2)
    assert len(timeline(floor, "routing_overdue")) == count_before
