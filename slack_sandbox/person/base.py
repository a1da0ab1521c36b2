"""The base of every action: the person, and what that person can see."""

from slack_sandbox.delivery import Deliveries
from slack_sandbox.errors import NotVisible
from slack_sandbox.model import Channel, Json, Message, User
from slack_sandbox.records import Envelope
from slack_sandbox.workspace import Workspace

# An action waits this much longer than the app's deadline; after that, the server itself has stopped.
_SERVER_GONE_S = 5


class PersonBase:
    """Reads what the person may see: private channels as a member, and their own ephemerals."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries, user_id: str) -> None:
        self._workspace = workspace
        self._deliveries = deliveries
        self.id = user_id

    @property
    def user(self) -> User:
        return self._workspace.users[self.id]

    @property
    def away(self) -> bool:
        return self.user.away

    @away.setter
    def away(self, value: bool) -> None:
        self.user.away = value
        self._workspace.touch("user", user=self.id)

    @property
    def do_not_disturb(self) -> bool:
        return self.user.do_not_disturb

    @do_not_disturb.setter
    def do_not_disturb(self, value: bool) -> None:
        self.user.do_not_disturb = value
        self._workspace.touch("user", user=self.id)

    def channels(self) -> list[Channel]:
        with self._workspace.lock:
            return self._workspace.channels_visible_to(self.user)

    def sees(self, channel: str) -> list[Message]:
        """The messages in a channel, oldest first, including threads and this person's ephemerals."""
        with self._workspace.lock:
            seen = self._visible(channel)
            own = [m for m in seen.ephemerals if m.ephemeral_to == self.id]
            return sorted([*seen.messages.values(), *own], key=lambda m: m.ts)

    def direct_messages(self) -> list[Message]:
        """The conversation with the bot, oldest first."""
        with self._workspace.lock:
            return self.sees(self._workspace.direct_message(self.user).id)

    def _visible(self, name: str | None) -> Channel:
        """The channel of that name, if this person can see it; None is the conversation with the bot."""
        if name is None or name in ("dm", self._workspace.bot.id):
            return self._workspace.direct_message(self.user)
        channel = self._workspace.find_channel(name)
        if channel is None or not self._workspace.is_visible_to(self.user, channel):
            raise NotVisible(f"{self.user.name} sees no conversation {name!r}.")
        return channel

    def _joined(self, name: str | None) -> Channel:
        channel = self._visible(name)
        if self.id not in channel.members:
            raise NotVisible(f"{self.user.name} is not in {channel.name!r}.")
        if channel.is_archived:
            raise NotVisible(f"{channel.name!r} is archived.")
        return channel

    def _send(self, kind: str, payload: Json) -> Envelope:
        """Send to the app and wait for its acknowledgement, or for the failure to get one."""
        deadline_s = self._deliveries.ack_deadline_s + _SERVER_GONE_S
        return self._deliveries.send(kind, payload).result(deadline_s)
