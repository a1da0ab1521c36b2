"""What is known of one message, merged from events in any order. Pure.

Each event holds one part: a version of the text, a mark or a deletion. `merge` is a join (commutative, associative,
idempotent), so deliveries that are duplicated, late or out of order lead to the same timeline.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct, convert, field, to_builtins
from msgspec.structs import replace

from bot.slack.text import time_of_ts

Json = dict[str, Any]
MARK = "mark"
PIN = "pin"


class Version(Struct, frozen=True, array_like=True):
    """A message's text as of `ts`; `heard_ts` is the time of the event, empty if it was not the event's subject."""

    ts: str
    text: str
    heard_ts: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Mark(Struct, frozen=True, array_like=True):
    """A mark that a user added or removed at `ts`. A pin belongs to the message, not to a user."""

    name: str
    by: str
    ts: str
    is_on: bool

    @property
    def key(self) -> str:
        """The identity of the mark; a later mark with the same key replaces it."""
        return self.name if self.name == PIN else f"{self.name}:{self.by}"


class ObservedMessage(Struct, frozen=True):
    """Everything known so far about one message."""

    ts: str
    author: str = ""
    author_name: str = ""
    thread_ts: str = ""
    is_live: bool = False
    deleted_ts: str = ""
    versions: tuple[Version, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """True if the message itself is known, and not only a mark on it."""
        return bool(self.versions) or bool(self.author and self.deleted_ts)


def merge(first: ObservedMessage, second: ObservedMessage) -> ObservedMessage:
    """Return the combined knowledge of both observations."""
    return ObservedMessage(
        ts=first.ts,
        author=max(first.author, second.author),
        author_name=max(first.author_name, second.author_name),
        thread_ts=max(first.thread_ts, second.thread_ts),
        is_live=first.is_live or second.is_live,
        deleted_ts=min(first.deleted_ts, second.deleted_ts) or max(first.deleted_ts, second.deleted_ts),
        versions=_versions(first.versions + second.versions),
        marks=_marks(first.marks + second.marks),
    )


def _versions(versions: Sequence[Version]) -> tuple[Version, ...]:
    """Return each version once, in order. Slack's edit times are whole seconds, so event times break ties."""
    versions_by_key: dict[tuple[str, str], Version] = {}
    for version in versions:
        key = (version.ts, version.text)
        earlier_version = versions_by_key.get(key, version)
        versions_by_key[key] = Version(
            version.ts,
            version.text,
            max(earlier_version.heard_ts, version.heard_ts),
            max(earlier_version.files, version.files),
        )
    return tuple(sorted(versions_by_key.values(), key=lambda version: (version.ts, version.heard_ts, version.text)))


def _marks(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the latest state of each mark."""
    latest_marks: dict[str, Mark] = {}
    for mark in marks:
        latest_mark = latest_marks.get(mark.key, mark)
        latest_marks[mark.key] = max(latest_mark, mark, key=lambda each: (each.ts, each.is_on, each.by))
    return tuple(sorted(latest_marks.values(), key=lambda mark: (mark.ts, mark.key)))


def without_text(message: ObservedMessage) -> ObservedMessage:
    """Return the message without its text; its existence and author stay."""
    return replace(message, versions=())


class MessagePolicy(Struct, frozen=True):
    """The floor's policy for messages: what each reaction means, and whether deleted text is kept."""

    reactions: Mapping[str, str] = field(default_factory=lambda: {"pushpin": MARK})
    keeps_deleted_text: bool = True

    def kept(self, message: ObservedMessage) -> ObservedMessage:
        """Return the part of the message that may be kept."""
        return message if self.keeps_deleted_text or not message.deleted_ts else without_text(message)


def facts_of(message: ObservedMessage, policy: MessagePolicy) -> Json:
    """Return the facts that the timeline shows of a message.

    `text`; `files` as `{name, link}`; `earlier`, its texts before edits; `edited_at`, `deleted_at`; `thread_ts`;
    `marked_by`, everyone who marked it as important; `recovered` if it was read back from history.
    """
    last_version = message.versions[-1] if message.versions else Version(message.ts, "")
    optional: Json = {
        "thread_ts": message.thread_ts if message.thread_ts != message.ts else "",
        "author_name": message.author_name,
        "files": [{"name": name, "link": link} for name, link in last_version.files],
        "earlier": _earlier(message.versions),
        "edited_at": time_of_ts(last_version.ts).isoformat() if last_version.ts > message.ts else "",
        "deleted_at": time_of_ts(message.deleted_ts).isoformat() if message.deleted_ts else "",
        "marked_by": list(dict.fromkeys(mark.by for mark in _active_marks(message, policy))),
        "recovered": not message.is_live,
    }
    return {"text": last_version.text} | {name: value for name, value in optional.items() if value}


def _earlier(versions: Sequence[Version]) -> list[str]:
    texts = [version.text for version in versions]
    return [text for text, next_text in pairwise(texts) if text != next_text]


def _active_marks(message: ObservedMessage, policy: MessagePolicy) -> list[Mark]:
    return [mark for mark in message.marks if mark.is_on and (mark.name == PIN or mark.name in policy.reactions)]


def is_marked(message: ObservedMessage, policy: MessagePolicy) -> bool:
    """True if anyone marked it as important."""
    return bool(_active_marks(message, policy))


def label_of(message: ObservedMessage, policy: MessagePolicy) -> str | None:
    """Return the last label people gave it (a decision …); None if it is only marked, or not marked at all."""
    labels = [policy.reactions.get(mark.name, MARK) for mark in _active_marks(message, policy)]
    return next((label for label in reversed(labels) if label != MARK), None)


def as_json(message: ObservedMessage) -> Json:
    """Return the message as stored."""
    return dict(to_builtins(message))


def from_json(stored: Json) -> ObservedMessage:
    """Return the message read from its stored form."""
    return convert(stored, ObservedMessage)
