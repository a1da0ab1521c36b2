"""Messages as rows: their authors, their grouping, and where a day or the unread part begins."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sandbox import emoji
from slack_sandbox.model import Channel, Message
from slack_sandbox.page import dates
from slack_sandbox.page.attachments import ShownFile, shown
from slack_sandbox.page.names import Reader
from slack_sandbox.page.people import Author, author, author_of
from slack_sandbox.workspace import Workspace

_TOGETHER = timedelta(minutes=5)
_OWN_LEAD = re.compile(r"<@\w+> ")
_EMOJI_ONLY = re.compile(r"(?::[a-z0-9_+'-]+:\s*){1,8}")
_NOTES = ("join", "leave", "topic", "purpose", "name", "archive", "unarchive")


@dataclass(frozen=True)
class Row:
    """One message and everything that the page shows around it."""

    message: Message
    author: Author
    at: datetime
    day: str
    continued: bool
    is_first_new: bool
    files: list[ShownFile]
    repliers: list[Author]
    last_reply: str
    people: dict[str, str]

    @property
    def time(self) -> str:
        return dates.clock_time(self.at)

    @property
    def full_time(self) -> str:
        return f"{self.at:%A, %d %B %Y}, {dates.clock_time(self.at)}"

    @property
    def is_note(self) -> bool:
        return is_note(self.message)

    @property
    def text(self) -> str:
        """The text; a note such as "<@U…> has joined" does not repeat its author."""
        return _OWN_LEAD.sub("", self.message.text, count=1) if self.is_note else self.message.text

    @property
    def is_only_emoji(self) -> bool:
        text = self.message.text.strip()
        return text in emoji.CHARACTERS.values() or bool(_EMOJI_ONLY.fullmatch(text))

    @property
    def is_edited(self) -> bool:
        """Slack marks edited text; an app's blocks change without a mark."""
        return self.message.edited is not None and not self.message.blocks

    def names_of(self, users: Iterable[str]) -> str:
        return ", ".join(self.people.get(user, user) for user in users)


def is_note(message: Message) -> bool:
    """Whether the workspace wrote this line: a join, a topic, a pin."""
    kind, _, what = message.subtype.partition("_")
    return (kind in ("channel", "group") and what in _NOTES) or message.subtype == "pinned_item"


def top_level(channel: Channel, user_id: str) -> list[Message]:
    """The channel's own messages, oldest first, without replies, with this person's ephemerals."""
    own = [m for m in channel.ephemerals if m.ephemeral_to == user_id]
    seen = [m for m in [*channel.messages.values(), *own] if not m.is_reply or m.broadcast]
    return sorted(seen, key=lambda m: m.ts)


def thread(channel: Channel, ts: str, user_id: str) -> list[Message]:
    """The parent and its replies."""
    own = [m for m in channel.ephemerals if m.ephemeral_to == user_id]
    return sorted((m for m in [*channel.messages.values(), *own] if ts in (m.ts, m.thread_ts)), key=lambda m: m.ts)


def rows(
    messages: list[Message],
    workspace: Workspace,
    reader: Reader,
    before: Message | None = None,
    new_after: str = "",
) -> Iterator[Row]:
    """A row for each message; `before` is the message above the first, `new_after` the time last read."""
    first_new = next((m for m in messages if _is_new(m, new_after, reader)), None)
    for message in messages:
        yield _row(message, before, workspace, reader, is_first_new=message is first_new)
        before = message


def _row(message: Message, before: Message | None, workspace: Workspace, reader: Reader, is_first_new: bool) -> Row:
    at = dates.moment(float(message.ts), reader.zone)
    above = dates.moment(float(before.ts), reader.zone) if before else None
    starts_day = above is None or above.date() != at.date()
    return Row(
        message=message,
        author=author_of(message, workspace),
        at=at,
        day=dates.day_heading(at, reader.now.astimezone(reader.zone)) if starts_day else "",
        continued=not starts_day and not is_first_new and _belongs_to(message, before),
        is_first_new=is_first_new,
        files=[shown(file, reader.name) for file in message.files],
        repliers=[author(workspace.users[u]) for u in message.reply_users if u in workspace.users],
        last_reply=_last_reply(message, reader),
        people=dict(reader.people),
    )


def _is_new(message: Message, new_after: str, reader: Reader) -> bool:
    if not new_after or is_note(message):
        return False
    return message.ts > new_after and message.user != reader.user_id


def _belongs_to(message: Message, before: Message | None) -> bool:
    if before is None or is_note(message) or is_note(before):
        return False
    if (message.user, message.username, message.ephemeral) != (before.user, before.username, before.ephemeral):
        return False
    if message.pinned or message.broadcast or message.ephemeral or before.reply_count:
        return False
    return float(message.ts) - float(before.ts) < _TOGETHER.total_seconds()


def _last_reply(message: Message, reader: Reader) -> str:
    if not message.latest_reply:
        return ""
    return dates.ago(dates.moment(float(message.latest_reply), reader.zone), reader.now)
