"""What people see of an escalation, and what is on record of it."""

from tests.floor import TestFloor
from tests.stories.record import rows


def pages(floor: TestFloor, who: str) -> list[str]:
    """Every page that somebody has in their direct messages, as it reads now."""
    return [message.words for message in floor.sandbox.person(who).direct_messages() if "needed" in message.words]


def is_told(floor: TestFloor, who: str, times: int = 1) -> None:
    """Wait until somebody has been told so many times."""
    assert floor.sandbox.wait_for(lambda: len(pages(floor, who)) == times), f"{who} has {pages(floor, who)}"
    floor.settle()


def line(floor: TestFloor, channel: str) -> str:
    """The one message about the escalation in the incident's channel."""
    (shown,) = [message.words for message in floor.ana.sees(channel) if "📟" in message.words]
    return shown


def happened(floor: TestFloor, number: int) -> list[str]:
    """The kinds of everything that happened in an incident, in order."""
    return [row["kind"] for row in rows(floor, "timeline_entries") if row["incident_id"] == number]
