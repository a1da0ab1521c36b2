"""Command is offered with a summary, then accepted, returned or withdrawn; somebody is always accountable."""

from bot.handovers import ids
from bot.incidents import ids as incident_ids
from bot.playbooks import ids as step_ids
from slack_sandbox import posting
from tests.floor import TestFloor
from tests.stories.playbook_driver import PlaybookDriver
from tests.stories.record import rows, timeline
from tests.stories.seen_updates import updates


def led_incident(floor: TestFloor, words: str = "S1 IVR down in Manila") -> str:
    """Declare an incident that Ana leads; return its channel."""
    channel = floor.declares(words)
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident claim comms", channel)
    return channel


def offers(floor: TestFloor, channel: str, to: str = "U0BEN", note: str = "") -> None:
    """Let Ana read the summary and send it."""
    floor.says("ana", f"/incident handover <@{to}|them>", channel)
    if note:
        floor.ana.fills(ids.NOTE, note)
    assert floor.ana.submits().closed
    floor.settle()


def newest_message(floor: TestFloor, who: str) -> str:
    """The newest direct message from the bot to a person."""
    return floor.sandbox.person(who).direct_messages()[-1].visible_text


def commanders(floor: TestFloor) -> list[str]:
    return [row["user_id"] for row in rows(floor, "role_holders") if row["role"] == "commander"]


def test_command_is_handed_over_with_all_its_work_once_it_is_accepted(floor: TestFloor) -> None:
    channel = led_incident(floor)
    driver = PlaybookDriver(floor, channel)
    floor.says("ana", "/incident note decision: we fail over to Cebu", channel)
    floor.says("ana", "/incident note ruled out: the carrier", channel)
    floor.says("ana", "/incident impact half the callers hear nothing", channel)
    answer = floor.says("ana", "/incident status identified a trunk", channel)
    assert answer.startswith("Status changed from investigating to identified. Please describe the cause with")
    title = next(row["title"] for row in rows(floor, "playbook_steps") if row["wanted_at"] and not row["asks"])
    driver.presses("ana", step_ids.STEP_TAKE, title)

    floor.ana.clicks(incident_ids.HAND_OVER, channel=channel)
    form = str(floor.ana.modal)
    parts = (
        "UTC> · communications lead <@U0ANA>",
        "half the callers",
        "*Cause:* not described yet",
        "we fail over to Cebu",
        "the carrier",
    )
    for expected in (*parts, title, "Updates promised", "UTC>: Engineering, Executives"):
        assert expected in form, "the summary is read before it is sent"
    floor.ana.fills(ids.PERSON, "ben")
    floor.ana.fills(ids.NOTE, "Watch the <!here> trunks")
    assert floor.ana.submits().closed
    floor.settle()

    offer = newest_message(floor, "ben")
    for expected in ("asks you to take command", "we fail over to Cebu", "Watch the <!here> trunks"):
        assert expected in offer.replace("&lt;", "<").replace("&gt;", ">")
    assert commanders(floor) == ["U0ANA"], "until it is accepted she is accountable"
    assert "stays in command until they accept" in floor.visible_text(channel)

    floor.ben.clicks(ids.ACCEPT)
    floor.settle()

    assert commanders(floor) == ["U0BEN"]
    assert {row["role"] for row in rows(floor, "role_holders") if row["user_id"] == "U0BEN"} >= {
        "commander",
        "communications_lead",
    }
    assert driver.row(title)["owner_id"] == "U0BEN"
    assert "<@U0BEN> has been in command since" in floor.visible_text(channel)
    assert "*Commander* <@U0BEN>" in floor.card(channel)
    assert len(timeline(floor, "handover_accepted")) == 1
    floor.passes(minutes=30)
    update_text = updates(floor, channel)[-1]
    assert "Ben Okafor is commander" in update_text
    assert "\nDecision: we fail over to Cebu (Ana Reyes) · Ruled out: the carrier (Ana Reyes)\n" in update_text
    floor.passes(hours=1)
    assert timeline(floor, "handover_reminded") == []


def test_a_question_returns_the_offer_which_can_be_sent_again_or_withdrawn(floor: TestFloor) -> None:
    channel = led_incident(floor)
    offers(floor, channel, note="all quiet")
    floor.chloe.clicks(ids.WITHDRAW, channel=channel)
    floor.settle()
    assert any("only they can answer it" in words for words in floor.ephemeral("chloe", channel))

    floor.ben.clicks(ids.SEND_BACK)
    floor.ben.fills(ids.QUESTION, "Who talks to the carrier?")
    assert floor.ben.submits().closed
    floor.settle()
    assert "Who talks to the carrier?" in newest_message(floor, "ana")
    assert commanders(floor) == ["U0ANA"]

    floor.ana.clicks(ids.OFFER_AGAIN)
    assert "all quiet" in str(floor.ana.modal)
    assert floor.ana.submits().closed
    floor.settle()
    floor.ana.clicks(ids.WITHDRAW, channel=channel)
    floor.settle()

    assert "nothing is asked of" in newest_message(floor, "ben")
    assert [row["state"] for row in rows(floor, "handovers")] == ["returned", "withdrawn"]
    floor.passes(hours=1)
    assert timeline(floor, "handover_reminded") == []


def test_an_unaccepted_offer_is_reminded_then_escalated_and_the_commander_stays(floor: TestFloor) -> None:
    channel = led_incident(floor)
    offers(floor, channel)
    floor.passes(minutes=14)
    assert timeline(floor, "handover_reminded") == []
    floor.stop_bot()
    floor.passes(minutes=3)
    floor.start_bot()
    floor.tick()
    assert "is waiting for you to take command" in newest_message(floor, "ben")

    floor.passes(minutes=11)

    assert "has not accepted command since" in floor.visible_text(channel)
    assert any(row["occasion"].startswith("handover:") for row in rows(floor, "pages"))
    assert commanders(floor) == ["U0ANA"]
    floor.passes(hours=2)
    assert len(timeline(floor, "handover_unaccepted")) == 1
    floor.ben.clicks(ids.ACCEPT)
    floor.settle()
    assert commanders(floor) == ["U0BEN"], "late is not too late"


def test_an_offer_to_a_person_who_leaves_the_workspace_ends_at_once(floor: TestFloor) -> None:
    channel = led_incident(floor)
    offers(floor, channel, "U0BEN")

    floor.sandbox.workspace.deactivate(floor.sandbox.workspace.users["U0BEN"])
    floor.settle()

    assert "The account of Ben Okafor was deactivated, so you keep command" in floor.direct_texts("ana")[-1]
    assert [row["kind"] for row in timeline(floor, "handover_withdrawn")] == ["handover_withdrawn"]
    floor.passes(minutes=30)
    assert not timeline(floor, "handover_unaccepted")
    assert "can't take over" in floor.says("ana", "/incident handover <@U0BEN|ben>", channel)


def test_only_the_commander_offers_command_only_to_colleagues_and_one_offer_at_a_time(floor: TestFloor) -> None:
    leaderless = floor.declares("S3 Headsets hum")
    assert "Nobody has command yet." in floor.says("ana", "/incident handover @ben", leaderless)
    channel = led_incident(floor)
    floor.ben.joins(channel)
    assert "Only the commander hands over command: <@U0ANA>" in floor.says(
        "ben", "/incident handover <@U0DEVI|d>", channel
    )
    assert "can't take over" in floor.says("ana", "/incident handover <@U0GUS|gus>", channel)
    floor.says("ana", "/incident handover", channel)
    floor.ana.fills(ids.PERSON, "gus")
    assert "can't take over" in str(floor.ana.submits().errors)
    floor.ana.fills(ids.PERSON, "ana")
    assert "commander already" in str(floor.ana.submits().errors)
    floor.ana.fills(ids.PERSON, "ben")
    assert floor.ana.submits().closed
    floor.settle()
    offers(floor, channel, "U0DEVI")
    assert [row["state"] for row in rows(floor, "handovers")] == ["withdrawn", "pending"]

    floor.says("ana", "/incident handover commander <@U0CHLOE|chloe>", channel)
    assert commanders(floor) == ["U0CHLOE"], "at once, for people who have talked already"
    assert [row["state"] for row in rows(floor, "handovers")] == ["withdrawn", "withdrawn", "accepted"]
    assert ids.ACCEPT not in str([message.blocks for message in floor.devi.direct_messages()])
    floor.settle()
    assert commanders(floor) == ["U0CHLOE"]


def test_nothing_about_a_private_incident_is_said_outside_its_channel(floor: TestFloor) -> None:
    floor.ana.types("/incident declare", channel="general")
    floor.ana.fills("title", "Fraud by a person")
    floor.ana.fills("private", "private")
    floor.ana.submits()
    floor.settle()
    channel = next(c.name for c in floor.ana.channels() if c.name.startswith("inc-1"))
    floor.says("ana", "/incident claim commander", channel)
    offers(floor, channel, note="it is the night shift")

    offer = floor.ben.direct_messages()[-1].visible_text
    assert "Fraud" not in offer
    assert "night shift" not in offer
    floor.ben.clicks(ids.READ)
    assert "it is the night shift" in str(floor.ben.modal)
    floor.ben.leaves(channel)
    floor.settle()
    for button in (ids.READ, ids.SEND_BACK):
        floor.ben.clicks(button)
        floor.settle()
        assert "There is no such incident, or you may not see it." in floor.ephemeral("ben", "dm")[-1]
    floor.ana.invites(channel, "ben")
    floor.settle()
    floor.ben.clicks(ids.ACCEPT)
    floor.settle()
    assert commanders(floor) == ["U0BEN"]


def test_a_deleted_offer_is_there_again_when_its_recipient_is_reminded(floor: TestFloor) -> None:
    channel = led_incident(floor)
    offers(floor, channel)
    with floor.sandbox.workspace.lock:
        conversation = floor.sandbox.workspace.direct_message(floor.ben.user)
        [offer] = [message for message in conversation.messages.values() if "asks you to take" in message.text]
        posting.delete(floor.sandbox.workspace, conversation, offer)

    floor.passes(minutes=16)

    assert "Please answer with the buttons of that offer." in floor.direct_text("ben")
    assert [text for text in floor.direct_texts("ben") if "asks you to take command" in text]
    floor.ben.clicks(ids.ACCEPT)
    floor.settle()
    assert commanders(floor) == ["U0BEN"]
