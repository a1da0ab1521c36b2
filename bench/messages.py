"""The messages that a simulated four-hour S0 costs people: in their channels, in threads and by direct message.

The same people do the same things in the same minutes. A message in a channel counts for every member, a reply in
a thread for the people whom it names, a direct message for its reader; edits notify nobody and do not count.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure
from slack_sandbox.model import Channel, Message
from tests.floor import TestFloor

MINUTES = 240
SUBSCRIBERS = ("ana", "ben", "erik", "hana")
# The people, and the channel that each reads besides the incident's, which they all read.
READERS = {
    "ana": "incidents",
    "ben": "incidents",
    "hana": "incidents",
    "erik": "executives",
    "chloe": "engineering",
}
# What people type, by the minute after the declaration.
SCRIPT: dict[int, Sequence[tuple[str, str]]] = {
    1: [("ana", "/incident claim commander"), ("ben", "/incident claim comms")],
    4: [("ana", "/incident impact Callers in Manila hear silence; half of 120 calls an hour are lost")],
    12: [("chloe", "`trunk-7` is flapping, the carrier has a ticket")],
    20: [("ana", "/incident status identified Trunk 7 is flapping")],
    65: [("chloe", "First test call answered on trunk 8"), ("ana", "/incident status mitigated moved to trunk 8")],
    150: [("ben", "/incident impact One call in ten is lost in Manila")],
    200: [("ana", "/incident status monitoring The carrier replaced the card")],
    235: [("ana", "/incident resolve The carrier replaced the card of trunk 7")],
}


def measure(folder: Path) -> Sequence[Figure]:
    """Count direct messages to the person who gets most, to everybody, and messages in all channels."""
    with TestFloor(folder) as floor:
        _play(floor)
        direct, public = _counted(floor)
        people = {name: _of_person(floor, name) for name in READERS}
    most = max(direct.values())
    minutes = Counter(_direct_minutes(floor))
    return [
        Figure("four-hour S0: direct messages to the person who got most", [most], "messages"),
        Figure("four-hour S0: direct messages to all", [sum(direct.values())], "messages"),
        Figure(
            "four-hour S0: most direct messages to one person within a minute", [max(minutes.values())], "messages"
        ),
        Figure("four-hour S0: messages of the bot in channels and threads", [sum(public.values())], "messages"),
        *(Figure(f"four-hour S0: all that reaches {name}", [count], "messages") for name, count in people.items()),
        *(Figure(f"… direct messages to {name}", [count], "messages") for name, count in direct.most_common()),
        *(Figure(f"… messages in {name}", [count], "messages") for name, count in public.most_common()),
    ]


def _play(floor: TestFloor) -> None:
    channel = floor.declares("S0 IVR down in Manila for Northline")
    for name in SUBSCRIBERS:
        floor.sandbox.person(name).joins(channel)
        floor.says(name, "/incident subscribe", channel)
    for minute in range(1, MINUTES + 1):
        floor.passes(minutes=1)
        for who, text in SCRIPT.get(minute, ()):
            person = floor.sandbox.person(who)
            if person.id not in floor.sandbox.workspace.channel(channel).members:
                person.joins(channel)
            if text.startswith("/"):
                floor.says(who, text, channel)
            else:
                person.says(text, channel=channel)
                floor.settle()


def _bot_messages(floor: TestFloor) -> Iterator[tuple[Channel, Message]]:
    workspace = floor.sandbox.workspace
    with workspace.lock:
        for channel in workspace.channels.values():
            for message in channel.messages.values():
                if message.user == workspace.bot.id:
                    yield channel, message


def _of_person(floor: TestFloor, name: str) -> int:
    """The messages that one person is shown as new."""
    workspace, person = floor.sandbox.workspace, floor.sandbox.person(name)
    names = [person.id, *(group.id for group in workspace.groups.values() if person.id in group.users)]

    def reaches(channel: Channel, message: Message) -> bool:
        if channel.is_im:
            return channel.im_user == person.id
        if message.is_reply:
            return any(named in message.text for named in names)
        return channel.name == READERS[name] or channel.name.startswith("inc-")

    return sum(reaches(channel, message) for channel, message in _bot_messages(floor))


def _name(floor: TestFloor, channel: Channel) -> str:
    return floor.sandbox.workspace.users[channel.im_user].name


def _counted(floor: TestFloor) -> tuple[Counter[str], Counter[str]]:
    direct: Counter[str] = Counter()
    public: Counter[str] = Counter()
    for channel, _message in _bot_messages(floor):
        if channel.is_im:
            direct[_name(floor, channel)] += 1
        else:
            public[f"#{channel.name}"] += 1
    return direct, public


def _direct_minutes(floor: TestFloor) -> Iterator[tuple[str, int]]:
    for channel, message in _bot_messages(floor):
        if channel.is_im:
            yield _name(floor, channel), int(float(message.ts) // 60)
