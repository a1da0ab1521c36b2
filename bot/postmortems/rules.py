"""The figures of a post-mortem and how words become harmless in Markdown. Pure.

Definitions follow `docs/figures.md`: each figure names its start point.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.slack.text import lasting

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Span:
    """A stretch of time at one severity or status."""

    name: str
    start: datetime
    end: datetime
    by: str = ""
    reason: str = ""

    @property
    def length(self) -> str:
        """How long it lasted, as people say it."""
        return lasting(self.end - self.start)


@dataclass(frozen=True)
class Change:
    """One change of severity or status."""

    at: datetime
    new: str
    by: str = ""
    reason: str = ""


def spans(first: str, start: datetime, changes: Sequence[Change], end: datetime) -> list[Span]:
    """The stretches between changes, in order; they touch, and together last from `start` to `end`."""
    marks = [Change(start, first), *changes]
    ends = [change.at for change in changes] + [end]
    return [
        Span(change.new, change.at, max(change.at, until), change.by, change.reason)
        for change, until in zip(marks, ends, strict=True)
    ]


def time_to(start: datetime | None, end: datetime | None) -> str:
    """From `start` to `end` as people say it; `unknown` when either is not known or they are out of order."""
    if start is None or end is None or end < start:
        return UNKNOWN
    return lasting(end - start)


def adherence(due: Sequence[tuple[datetime, datetime | None]], late_after: timedelta) -> str:
    """Updates sent by their promised time over updates promised, such as `5 of 6`; `none promised` without any."""
    if not due:
        return "none promised"
    kept = sum(1 for promised, sent in due if sent is not None and sent - promised <= late_after)
    return f"{kept} of {len(due)}"


def harmless(words: str) -> str:
    """`words` as Markdown that shows them literally: no links, no HTML, no headings, on one line."""
    flat = " ".join(words.split())
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~>])", r"\\\1", flat.replace("&", "&amp;").replace("<", "&lt;"))
    return re.sub(r"^(-|\d+\.)", r"\\\1", escaped)
