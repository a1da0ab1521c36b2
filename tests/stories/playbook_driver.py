"""Steps by their titles: what the playbook's message shows, and who presses which button of which step."""

from pathlib import Path
from typing import Any

from bot.playbooks import ids
from slack_sandbox import Click, Submission
from slack_sandbox.errors import NothingToClick
from slack_sandbox.model import Message
from tests.floor import TestFloor
from tests.stories.record import rows

AT_WORK = Path(__file__).parent / "playbooks_at_work"


class PlaybookDriver:
    """The playbook's message of one incident, and the clicks of its people."""

    def __init__(self, floor: TestFloor, channel: str, who: str = "ana") -> None:
        self.floor, self.channel, self.who = floor, channel, who
        self.number = int(channel.split("-")[1])

    def row(self, title: str) -> dict[str, Any]:
        """The database row of a step."""
        matching = [
            row
            for row in rows(self.floor, "playbook_steps")
            if row["title"] == title and row["incident_id"] == self.number
        ]
        assert matching, f"there is no step {title!r}"
        return matching[-1]

    def wants(self, title: str) -> bool:
        """Whether a step is required as things stand."""
        return self.row(title)["wanted_at"] is not None

    def presses(self, who: str, action_id: str, title: str, **location: Any) -> Click:
        """Press a button of a step in the channel, or in the list of all steps if the channel does not show it."""
        person, value = self.floor.sandbox.person(who), str(self.row(title)["id"])
        if "surface" not in location:
            location |= {"channel": self.channel}
        try:
            click = person.clicks(action_id, value=value, **location)
        except NothingToClick:
            person.clicks(ids.SHOW_ALL, channel=self.channel)
            click = person.clicks(action_id, value=value, surface="modal")
        self.floor.settle()
        return click

    def does(self, who: str, *titles: str) -> None:
        """Complete steps that ask no questions."""
        for title in titles:
            self.presses(who, ids.STEP_DONE, title)

    def answers(self, who: str, title: str, answers: dict[str, Any], **location: Any) -> Submission:
        """Press *Done…* and fill in the form."""
        self.presses(who, ids.STEP_ANSWER, title, **location)
        return self.submits(who, answers)

    def skips(self, who: str, title: str, reason: str) -> Submission:
        """Skip a step."""
        self.presses(who, ids.STEP_SKIP, title)
        return self.submits(who, {ids.REASON: reason})

    def submits(self, who: str, answers: dict[str, Any]) -> Submission:
        """Fill in and submit the open form."""
        person = self.floor.sandbox.person(who)
        for field, value in answers.items():
            person.fills(field, value)
        submission = person.submits()
        self.floor.settle()
        return submission

    @property
    def message(self) -> Message:
        """The playbook's message."""
        messages = [
            m for m in self.floor.sandbox.person(self.who).sees(self.channel) if m.visible_text.startswith("📋")
        ]
        assert len(messages) == 1, f"expected one playbook's message, found {len(messages)}"
        return messages[0]

    @property
    def visible_text(self) -> str:
        """The text of the message."""
        return self.message.visible_text

    def reminders(self) -> list[Message]:
        """The messages in the thread of the playbook's message."""
        messages = self.floor.sandbox.person(self.who).sees(self.channel)
        return [
            message
            for message in messages
            if message.thread_ts == self.message.ts and message.ts != self.message.ts
        ]

    def private_texts(self, who: str) -> list[str]:
        """The person's ephemeral and direct messages."""
        person = self.floor.sandbox.person(who)
        return [
            *self.floor.ephemeral(who, self.channel),
            *(message.visible_text for message in person.direct_messages()),
        ]
