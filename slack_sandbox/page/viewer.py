"""The person at the page: one person of the workspace in one window."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from slack_sandbox.errors import NotVisible
from slack_sandbox.installation import Installation
from slack_sandbox.model import Channel, User
from slack_sandbox.page.demo import Demo
from slack_sandbox.page.names import Reader
from slack_sandbox.page.read_marks import ReadMarks
from slack_sandbox.person import Person

FIRST_PERSON = "ana"
_FIRST_CHANNEL = "incidents"


@dataclass(frozen=True)
class Viewer:
    """The person, and the workspace as that person may see it."""

    sandbox: Installation
    marks: ReadMarks
    demo: Demo
    user: User

    @property
    def person(self) -> "Person":
        return self.sandbox.person(self.user.id)

    def reader(self) -> Reader:
        workspace = self.sandbox.workspace
        return Reader(
            user_id=self.user.id,
            name=self.user.name,
            zone=ZoneInfo(self.user.tz),
            now=datetime.fromtimestamp(workspace.clock.now(), UTC),
            people={user.id: user.real_name for user in workspace.users.values()},
            channels={channel.id: channel.name for channel in self.channels()},
            groups={group.id: group.handle for group in workspace.groups.values()},
        )

    def channels(self) -> list[Channel]:
        """The named conversations that this person can find, in alphabetical order."""
        seen = self.sandbox.workspace.channels_visible_to(self.user)
        return sorted((channel for channel in seen if not channel.is_im), key=lambda channel: channel.name)

    def channel(self, channel_id: str) -> Channel:
        channel = self.sandbox.workspace.channels.get(channel_id)
        if channel is None or not self.sandbox.workspace.is_visible_to(self.user, channel):
            raise NotVisible(f"{self.user.real_name} sees no such conversation.")
        return channel

    def direct_message(self) -> Channel:
        return self.sandbox.workspace.direct_message(self.user)

    def first_channel(self) -> Channel:
        joined = [channel for channel in self.channels() if self.user.id in channel.members]
        named = (channel for channel in joined if channel.name == _FIRST_CHANNEL)
        return next(named, None) or next(iter(joined), None) or self.direct_message()


def viewer(sandbox: Installation, marks: ReadMarks, demo: Demo, name: str | None) -> Viewer:
    """The person called `name`, or the first person if that is unknown."""
    try:
        user = sandbox.workspace.person(name or FIRST_PERSON)
    except LookupError:
        user = sandbox.workspace.person(FIRST_PERSON)
    return Viewer(sandbox, marks, demo, user if not user.is_bot else sandbox.workspace.person(FIRST_PERSON))
