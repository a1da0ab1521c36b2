"""Steps by their titles: what is on the playbook's message, and who presses which button of which step."""

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
    """The playbook's message of one incident, and the hands of its people."""

    def __init__(self, floor: TestFloor, channel: str, who: str = "ana") -> None:
        self.floor, self.channel, self.who = floor, channel, who
        self.number = int(channel.split("-")[1])

    def row(self, title: str) -> dict[str, Any]:
        """A step as the database has it."""
        found = [
            row
            for row in rows(self.floor, "playbook_steps")
            if row["title"] == title and row["incident_id"] == self.number
        ]
        assert found, f"there is no step {title!r}"
        return found[-1]

    def wants(self, title: str) -> bool:
        """Is a step asked for as things stand?"""
        return self.row(title)["wanted_at"] is not None

    def presses(self, who: str, action_id: str, title: str, **where: Any) -> Click:
        """Somebody presses a button of a step, in the channel; in the list of all steps when it is not there."""
        person, value = self.floor.sandbox.person(who), str(self.row(title)["id"])
        if "surface" not in where:
            where |= {"channel": self.channel}
        try:
            click = person.clicks(action_id, value=value, **where)
        except NothingToClick:
            person.clicks(ids.SHOW_ALL, channel=self.channel)
            click = person.clicks(action_id, value=value, surface="modal")
        self.floor.settle()
        return click

    def does(self, who: str, *titles: str) -> None:
        """Somebody does steps that ask nothing."""
        for title in titles:
            self.presses(who, ids.STEP_DONE, title)

    def answers(self, who: str, title: str, answers: dict[str, Any], **where: Any) -> Submission:
        """Somebody presses *Done …* and fills in the form."""
        self.presses(who, ids.STEP_ANSWER, title, **where)
        return self.submits(who, answers)

    def skips(self, who: str, title: str, reason: str) -> Submission:
        """Somebody leaves a step out."""
        self.presses(who, ids.STEP_SKIP, title)
        return self.submits(who, {ids.REASON: reason})

    def submits(self, who: str, answers: dict[str, Any]) -> Submission:
        """Somebody fills in the form in front of them."""
        person = self.floor.sandbox.person(who)
        for field, value in answers.items():
            person.fills(field, value)
        done = person.submits()
        self.floor.settle()
        return done

    @property
    def message(self) -> Message:
        """The playbook's message."""
        found = [m for m in self.floor.sandbox.person(self.who).sees(self.channel) if m.words.startswith("📋")]
        assert len(found) == 1, f"expected one playbook's message, found {len(found)}"
        return found[0]

    @property
    def words(self) -> str:
        """What is to be read on it."""
        return self.message.words

    def reminders(self) -> list[Message]:
        """What was said in the thread of the playbook's message."""
        seen = self.floor.sandbox.person(self.who).sees(self.channel)
        return [
            message for message in seen if message.thread_ts == self.message.ts and message.ts != self.message.ts
        ]

    def told(self, who: str) -> list[str]:
        """What only this person was told, in the channel or by direct message."""
        person = self.floor.sandbox.person(who)
        return [
            *self.floor.ephemeral(who, self.channel),
            *(message.words for message in person.direct_messages()),
        ]
