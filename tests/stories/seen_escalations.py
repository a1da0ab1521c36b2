"""What people see of an escalation, and what is recorded of it."""

from tests.floor import TestFloor
from tests.stories.record import rows


def pages(floor: TestFloor, who: str) -> list[str]:
    """Every page in a person's direct messages, as it reads now."""
    return [
        message.visible_text
        for message in floor.sandbox.person(who).direct_messages()
        if "needed" in message.visible_text
    ]


def is_told(floor: TestFloor, who: str, times: int = 1) -> None:
    """Wait until a person has been told that many times."""
    assert floor.sandbox.wait_for(lambda: len(pages(floor, who)) == times), f"{who} has {pages(floor, who)}"
    floor.settle()


def line(floor: TestFloor, channel: str) -> str:
    """Return the only message about the escalation in the incident's channel."""
    (text,) = [message.visible_text for message in floor.ana.sees(channel) if "📟" in message.visible_text]
    return text


def happened(floor: TestFloor, number: int) -> list[str]:
    """The kinds of all events of an incident, in order."""
    return [row["kind"] for row in rows(floor, "timeline_entries") if row["incident_id"] == number]
