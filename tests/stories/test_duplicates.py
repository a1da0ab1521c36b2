"""Before an incident is opened, the bot checks whether it is open already."""

from bot.incidents import ids
from tests.floor import TestFloor
from tests.stories.record import rows, timeline


def incident_channels(floor: TestFloor, who: str) -> list[str]:
    """The incident channels that a person is in."""
    person = floor.sandbox.person(who)
    return [
        channel.name
        for channel in person.channels()
        if channel.name.startswith("inc-") and person.id in channel.members
    ]


def test_a_declaration_similar_to_an_open_incident_is_questioned_and_the_incident_can_be_joined(
    floor: TestFloor,
) -> None:
    first = floor.declares("S1 IVR down in Manila", who="ana")

    question = floor.says("ben", "/incident declare S2, Manila IVR is down")
    assert "This may be open already. Nothing was opened yet." in question
    assert "IVR down in Manila (S1, investigating)" in floor.ephemeral("ben")[-1]
    floor.ben.clicks(f"{ids.JOIN_DUPLICATE}.1", channel="general")
    floor.settle()

    assert incident_channels(floor, "ben") == [first]
    assert len(rows(floor, "incidents")) == 1
    assert '"text": "Manila IVR is down"' in timeline(floor, "reported_again")[0]["facts"]
    assert any("No new incident was opened." in text for text in floor.ephemeral("ben"))
    floor.passes(minutes=5)
    assert not any("open already" in message.visible_text for message in floor.ben.direct_messages())


def test_joining_follows_a_merged_incident_and_is_refused_for_a_closed_one(floor: TestFloor) -> None:
    merged = floor.declares("S1 IVR down in Manila", who="ana")
    target = floor.declares("S1 Trunk 8 is dead", who="ana")
    floor.says("ben", "/incident declare S2, Manila IVR is down")
    floor.says("chloe", "/incident declare S2, IVR down in Manila again")
    floor.says("ana", "/incident merge 2", merged)

    floor.ben.clicks(f"{ids.JOIN_DUPLICATE}.1", channel="general")
    floor.settle()

    assert incident_channels(floor, "ben") == [target]
    assert [entry["incident_id"] for entry in timeline(floor, "reported_again")] == [2]

    floor.says("ana", "/incident resolve fixed", target)
    floor.says("ana", "/incident close", target)
    floor.chloe.clicks(f"{ids.JOIN_DUPLICATE}.1", channel="general")
    floor.settle()
    assert any("Incident 2 is closed by now." in text for text in floor.ephemeral("chloe"))
    assert len(timeline(floor, "reported_again")) == 1
    floor.chloe.clicks(ids.OPEN_ANOTHER, channel="general")
    floor.settle()
    assert len(rows(floor, "incidents")) == 3


def test_another_incident_is_opened_once_however_often_and_late_it_is_confirmed(floor: TestFloor) -> None:
    floor.declares("S1 IVR down in Manila")
    floor.says("ben", "/incident declare S2 Manila IVR is down")
    floor.restart_bot()
    floor.passes(minutes=2)
    assert any("open already" in message.visible_text for message in floor.ben.direct_messages()), "asked again"

    floor.ben.clicks(ids.OPEN_ANOTHER, channel="dm")
    floor.ben.clicks(ids.OPEN_ANOTHER, channel="general")
    floor.settle()

    assert incident_channels(floor, "ben") == ["inc-2-manila-ivr-is-down"]
    assert [row["title"] for row in rows(floor, "incidents")] == ["IVR down in Manila", "Manila IVR is down"]
    assert [row["request"] for row in rows(floor, "pending_declarations")] == ["{}"], "no text is kept"
    assert any("You have answered this already" in text for text in floor.ephemeral("ben"))


def test_a_submitted_form_is_questioned_by_direct_message_and_cancelling_opens_nothing(floor: TestFloor) -> None:
    floor.declares("S1 IVR down in Manila")
    floor.says("ben", "/incident declare S3")
    floor.ben.fills("What is wrong?", "IVR down, Manila again")
    assert floor.ben.submits().closed
    floor.settle()

    assert "IVR down in Manila" in floor.ben.direct_messages()[-1].visible_text
    floor.ben.clicks(ids.CANCEL_DECLARATION, channel="dm")
    floor.settle()

    assert "Cancelled. Nothing was opened." in floor.ben.direct_messages()[-1].visible_text
    assert len(rows(floor, "incidents")) == 1


def test_declaring_reveals_no_private_incident_and_ended_incidents_are_not_suggested(floor: TestFloor) -> None:
    floor.says("ana", "/incident declare S1")
    floor.ana.fills("What is wrong?", "Customer data leaked")
    floor.ana.fills("Who may see it?", ["private"])
    floor.ana.submits()
    floor.settle()

    assert "Opening an incident" in floor.says("ben", "/incident declare S2 Customer data leaked")
    assert "open already" in floor.says("ana", "/incident declare S2 Customer data has leaked")

    for number in (1, 2):
        floor.says("ana" if number == 1 else "ben", "/incident resolve fixed", f"inc-{number}-customer-data-leaked")
    assert "Opening an incident" in floor.says("ana", "/incident declare S2 Customer data leaked again")
