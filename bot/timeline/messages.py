"""What is known of one message, put together from events in any order. Pure.

Each event says a little: a version of the text, a mark, a deletion. `merged` joins what two of them say and does
not care which came first or how often (it is a join: commutative, associative, idempotent), so that deliveries
that come doubled, late or in the wrong order lead to the same timeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bot.slack.text import moment

Json = dict[str, Any]
MARK = "mark"
PIN = "pin"


@dataclass(frozen=True)
class Version:
    """What a message said from `ts` on; `heard_ts` is when Slack told of it, empty when only in passing."""

    ts: str
    text: str
    heard_ts: str = ""
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Mark:
    """Somebody put a mark on a message, or took it off, at `ts`. A pin is the message's, not a person's."""

    name: str
    by: str
    ts: str
    is_on: bool

    @property
    def key(self) -> str:
        """What a later mark takes the place of."""
        return self.name if self.name == PIN else f"{self.name}:{self.by}"


@dataclass(frozen=True)
class Heard:
    """Everything that was heard of one message so far."""

    ts: str
    author: str = ""
    author_name: str = ""
    thread_ts: str = ""
    is_live: bool = False
    deleted_ts: str = ""
    versions: tuple[Version, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def is_said(self) -> bool:
        """Do we know that it was said, and not only that somebody marked something?"""
        return bool(self.versions) or bool(self.author and self.deleted_ts)


def merged(one: Heard, other: Heard) -> Heard:
    """What both say together."""
    return Heard(
        ts=one.ts,
        author=max(one.author, other.author),
        author_name=max(one.author_name, other.author_name),
        thread_ts=max(one.thread_ts, other.thread_ts),
        is_live=one.is_live or other.is_live,
        deleted_ts=min(one.deleted_ts, other.deleted_ts) or max(one.deleted_ts, other.deleted_ts),
        versions=_versions(one.versions + other.versions),
        marks=_marks(one.marks + other.marks),
    )


def _versions(told: Sequence[Version]) -> tuple[Version, ...]:
    """Each once, in the order they were written. Slack's edit times are whole seconds: then the telling decides."""
    known: dict[tuple[str, str], Version] = {}
    for version in told:
        key = (version.ts, version.text)
        before = known.get(key, version)
        known[key] = Version(
            version.ts, version.text, max(before.heard_ts, version.heard_ts), max(before.files, version.files)
        )
    return tuple(sorted(known.values(), key=lambda version: (version.ts, version.heard_ts, version.text)))


def _marks(told: Sequence[Mark]) -> tuple[Mark, ...]:
    """The last word on each mark."""
    last: dict[str, Mark] = {}
    for mark in told:
        known = last.get(mark.key, mark)
        last[mark.key] = max(known, mark, key=lambda each: (each.ts, each.is_on, each.by))
    return tuple(sorted(last.values(), key=lambda mark: (mark.ts, mark.key)))


def without_words(heard: Heard) -> Heard:
    """The same without what was said: that it was said, and by whom, stays."""
    return Heard(
        ts=heard.ts,
        author=heard.author,
        author_name=heard.author_name,
        thread_ts=heard.thread_ts,
        is_live=heard.is_live,
        deleted_ts=heard.deleted_ts,
        marks=heard.marks,
    )


@dataclass(frozen=True)
class Manner:
    """How this floor wants messages kept: which reactions say what, and whether deleted words stay."""

    reactions: Mapping[str, str] = field(default_factory=lambda: {"pushpin": MARK})
    keeps_deleted: bool = True

    def kept(self, heard: Heard) -> Heard:
        """What may be kept of it."""
        return heard if self.keeps_deleted or not heard.deleted_ts else without_words(heard)


def facts_of(heard: Heard, manner: Manner) -> Json:
    """What the timeline shows of a message.

    `text`; `files` as `{name, link}`; `earlier` what it said before it was edited; `edited_at`, `deleted_at`;
    `thread_ts`; `marked_by` everyone who says that it matters; `recovered` when it was read back from history.
    """
    last = heard.versions[-1] if heard.versions else Version(heard.ts, "")
    optional: Json = {
        "thread_ts": heard.thread_ts if heard.thread_ts != heard.ts else "",
        "author_name": heard.author_name,
        "files": [{"name": name, "link": link} for name, link in last.files],
        "earlier": _earlier(heard.versions),
        "edited_at": moment(last.ts).isoformat() if last.ts > heard.ts else "",
        "deleted_at": moment(heard.deleted_ts).isoformat() if heard.deleted_ts else "",
        "marked_by": list(dict.fromkeys(mark.by for mark in _told(heard, manner))),
        "recovered": not heard.is_live,
    }
    return {"text": last.text} | {name: given for name, given in optional.items() if given}


def _earlier(versions: Sequence[Version]) -> list[str]:
    texts = [version.text for version in versions]
    return [text for text, following in pairwise(texts) if text != following]


def _told(heard: Heard, manner: Manner) -> list[Mark]:
    return [mark for mark in heard.marks if mark.is_on and (mark.name == PIN or mark.name in manner.reactions)]


def is_marked(heard: Heard, manner: Manner) -> bool:
    """Does anyone say that it matters?"""
    return bool(_told(heard, manner))


def label_of(heard: Heard, manner: Manner) -> str | None:
    """What people say it is (a decision …): the last one counts; None when it is only marked, or not at all."""
    labels = [manner.reactions.get(mark.name, MARK) for mark in _told(heard, manner)]
    return next((label for label in reversed(labels) if label != MARK), None)


def as_json(heard: Heard) -> Json:
    """As it is kept."""
    return {
        "ts": heard.ts,
        "author": heard.author,
        "author_name": heard.author_name,
        "thread_ts": heard.thread_ts,
        "is_live": heard.is_live,
        "deleted_ts": heard.deleted_ts,
        "versions": [[v.ts, v.text, v.heard_ts, [list(file) for file in v.files]] for v in heard.versions],
        "marks": [[mark.name, mark.by, mark.ts, mark.is_on] for mark in heard.marks],
    }


def from_json(kept: Json) -> Heard:
    """As it was kept."""
    versions = tuple(
        Version(ts, text, heard_ts, tuple((name, link) for name, link in files))
        for ts, text, heard_ts, files in kept["versions"]
    )
    marks = tuple(Mark(name, by, ts, is_on) for name, by, ts, is_on in kept["marks"])
    return Heard(**(kept | {"versions": versions, "marks": marks}))
