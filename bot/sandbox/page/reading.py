"""How far each person has read each conversation."""

from dataclasses import dataclass

from bot.sandbox.model import Channel, Message
from bot.sandbox.page.rows import is_note


@dataclass(frozen=True)
class Unread:
    """What waits for a person in one conversation."""

    count: int = 0
    mentions: int = 0


class ReadMarks:
    """The last message time each person has seen; everything before the page started counts as read."""

    def __init__(self, since: str) -> None:
        self._since = since
        self._marks: dict[tuple[str, str], str] = {}

    def last_read(self, user_id: str, channel_id: str) -> str:
        return self._marks.get((user_id, channel_id), self._since)

    def read(self, user_id: str, channel_id: str, ts: str) -> bool:
        """Note that everything up to `ts` was seen; False when that is no news."""
        if ts <= self.last_read(user_id, channel_id):
            return False
        self._marks[user_id, channel_id] = ts
        return True

    def unread(self, user_id: str, channel: Channel) -> Unread:
        after = self.last_read(user_id, channel.id)
        waiting = [m for m in _newer(channel, after) if m.user != user_id and not is_note(m)]
        named = waiting if channel.is_im else [m for m in waiting if f"<@{user_id}>" in m.words]
        return Unread(len(waiting), len(named))


def _newer(channel: Channel, after: str) -> list[Message]:
    newer = []
    for message in reversed(channel.messages.values()):
        if message.ts <= after:
            break
        if not message.is_reply or message.broadcast:
            newer.append(message)
    return newer
