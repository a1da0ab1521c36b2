"""The figures of a post-mortem, and escaping of text in Markdown. Pure.

Definitions follow `docs/figures.md`: each figure names its start point.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.slack.emoji import with_characters

LATE_AFTER = timedelta(minutes=2)
# Invisible characters that change the text direction, and control characters.
HIDDEN_CHARACTERS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class State(StrEnum):
    """The state of a post-mortem."""

    PREVIEW = "preview"
    DRAFT = "draft"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    PUT_ASIDE = "put aside"


class Verdict(StrEnum):
    """A reviewer's verdict."""

    NONE = ""
    FINE = "fine"
    CHANGES = "changes wanted"


class Span(Struct, frozen=True):
    """A period at one severity or status."""

    name: str
    start: datetime
    end: datetime
    by: str = ""
    reason: str = ""
    entry: int = 0


class Change(Struct, frozen=True):
    """One change of severity or status."""

    at: datetime
    new: str
    by: str = ""
    reason: str = ""
    entry: int = 0


def spans(
    first_value: str, start: datetime, changes: Sequence[Change], end: datetime, entry: int = 0
) -> list[Span]:
    """Return the periods between changes, in order and without gaps, from `start` to `end`."""
    all_changes = [Change(start, first_value, entry=entry), *changes]
    ends = [change.at for change in changes] + [end]
    return [
        Span(change.new, change.at, max(change.at, next_at), change.by, change.reason, change.entry)
        for change, next_at in zip(all_changes, ends, strict=True)
    ]


def time_in_each(stretches: Sequence[Span]) -> dict[str, timedelta]:
    """Return the total time under each name, in the order of the names."""
    total: dict[str, timedelta] = {}
    for span in sorted(stretches, key=lambda span: span.name):
        total[span.name] = total.get(span.name, timedelta()) + (span.end - span.start)
    return total


def lateness(due_at: datetime, sent_at: datetime | None) -> timedelta | None:
    """Return how late an update was; None if it was sent within two minutes of its promised time, or never."""
    if sent_at is None or sent_at - due_at <= LATE_AFTER:
        return None
    return sent_at - due_at


def plain_line(text: str) -> str:
    """`text` on one line, without signs that would turn or hide what stands beside them."""
    return " ".join(HIDDEN_CHARACTERS.sub("", with_characters(text)).split())


def escape_markdown(text: str) -> str:
    """`text` as Markdown that shows them literally: no links, no HTML, no headings, on one line."""
    line = plain_line(text)
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~>])", r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;"))
    # A digit cannot be escaped, but the dot that makes it a list item can.
    return re.sub(r"^(\d+)\.", r"\1\\.", re.sub(r"^([-=])", r"\\\1", escaped))
