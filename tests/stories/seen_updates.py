"""What people see of updates: sent updates, drafts and the record."""

from typing import Any

from bot.updates import ids
from slack_sandbox.model import Message
from tests.floor import TestFloor
from tests.stories.record import rows

ASIDE = ("ben", "chloe", "devi", "erik", "farah", "hana")


def updates(floor: TestFloor, channel: str) -> list[str]:
    """The updates in a channel, oldest first, as they read now."""
    return [message.visible_text for message in update_messages(floor, channel)]


def update_messages(floor: TestFloor, channel: str) -> list[Message]:
    """The messages of the updates in a channel, oldest first."""
    with floor.sandbox.workspace.lock:
        messages = list(floor.sandbox.workspace.channel(channel).messages.values())
    matching = [message for message in messages if (message.metadata or {}).get("event_payload", {})]
    return [message for message in matching if message.metadata["event_payload"]["key"].startswith("update:")]


def drafts(floor: TestFloor, who: str) -> list[str]:
    """The drafts in a person's direct messages, as they read now."""
    return [
        message.visible_text
        for message in floor.sandbox.person(who).direct_messages()
        if "📣" in message.visible_text
    ]


def promises(floor: TestFloor, audience: str) -> list[dict[str, Any]]:
    """The promises to an audience, in order."""
    return [row for row in rows(floor, "promises") if row["audience"] == audience]


def row_of(floor: TestFloor, audience: str) -> str:
    """The button value of the promise that is waiting for an audience."""
    (promise,) = [row for row in promises(floor, audience) if row["state"] == "waiting"]
    return str(promise["id"])


def presses(floor: TestFloor, who: str, button: str, audience: str, channel: str = "dm") -> None:
    """Press a button of the draft for an audience."""
    floor.sandbox.person(who).clicks(button, channel=channel, value=row_of(floor, audience))
    floor.settle()


def led_incident(floor: TestFloor, words: str = "S1 IVR down", lead: str = "ben") -> str:
    """Declare an incident with a communications lead; return its channel."""
    channel = floor.declares(words)
    floor.says("ana", f"/incident assign comms <@{floor.sandbox.person(lead).id}>", channel)
    return channel


def puts_off(floor: TestFloor, who: str, audience: str, reason: str, wait: str = "30 minutes later") -> None:
    """Postpone an update with the form."""
    presses(floor, who, ids.LATER, audience)
    person = floor.sandbox.person(who)
    person.fills(ids.WAIT, wait)
    person.fills(ids.REASON, reason)
    assert person.submits().closed
    floor.settle()
