"""How far each person has read each conversation."""

from dataclasses import dataclass

from slack_sandbox.model import Channel, Message
from slack_sandbox.page.rows import is_note
from slack_sandbox.workspace import Workspace

_NEVER = "0"


@dataclass(frozen=True)
class Unread:
    """A person's unread messages in one conversation."""

    count: int = 0
    mentions: int = 0


class ReadMarks:
    """The time of the last message that each person has seen in each conversation."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def last_read(self, user_id: str, channel_id: str) -> str:
        return self._workspace.read_marks.get(user_id, {}).get(channel_id, _NEVER)

    def read(self, user_id: str, channel_id: str, ts: str) -> bool:
        """Record that everything up to `ts` was seen; False if it already was."""
        if ts <= self.last_read(user_id, channel_id):
            return False
        with self._workspace.lock:
            self._workspace.read_marks.setdefault(user_id, {})[channel_id] = ts
        return True

    def unread(self, user_id: str, channel: Channel) -> Unread:
        after = self.last_read(user_id, channel.id)
        waiting = [m for m in _newer(channel, after) if m.user != user_id and not is_note(m)]
        named = waiting if channel.is_im else [m for m in waiting if f"<@{user_id}>" in m.visible_text]
        return Unread(len(waiting), len(named))


def _newer(channel: Channel, after: str) -> list[Message]:
    newer = []
    for message in reversed(channel.messages.values()):
        if message.ts <= after:
            break
        if not message.is_reply or message.broadcast:
            newer.append(message)
    return newer
